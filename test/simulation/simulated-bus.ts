import type { NodeId } from '@parley/protocol';
import type { Bus, ClusterEvent, Message } from '../../src/bus/bus.js';
import { MemoryBus, type MemoryBusHub } from '../../src/bus/bus.memory.js';
import type { Actor, World } from './world.js';

/** The state of the way between the nodes. */
export interface BusWeather {
  delayMs: number;
  /** Share of batches that are lost. */
  loss: number;
}

/**
 * The memory bus of one node, with a way between the nodes: a batch of one sender arrives later, whole or not at all,
 * and in order with the other batches of this sender only.
 */
export class SimulatedBus implements Bus {
  readonly inner: MemoryBus;
  /** Cut off: nothing passes. Whether the node knows is another matter. */
  cut = false;
  private readonly lastFrom = new Map<string, number>();
  private batch = { step: -1, from: '', lost: false };

  constructor(
    private readonly world: World,
    private readonly actor: Actor,
    hub: MemoryBusHub,
    private readonly weather: BusWeather,
    private readonly isCut: (actor: Actor) => boolean,
  ) {
    this.inner = new MemoryBus(hub, (error) => world.errors.push(error));
  }

  get stats() {
    return this.inner.stats;
  }

  get waitingBytes(): number {
    return this.inner.waitingBytes;
  }

  listen(node: NodeId): Promise<void> {
    return this.inner.listen(node);
  }

  send(to: NodeId, message: Message): boolean {
    return this.inner.send(to, message);
  }

  publish(event: ClusterEvent): Promise<void> {
    return this.inner.publish(event);
  }

  dispatchLocal(event: ClusterEvent): void {
    this.inner.dispatchLocal(event);
  }

  onMessage(handler: (message: Buffer) => void): void {
    this.inner.onMessage((message) => this.carry(message, handler));
  }

  onPortMessage(tag: number, handler: (message: Buffer) => void): void {
    this.inner.onPortMessage(tag, (message) => this.carry(message, handler));
  }

  get node(): NodeId | undefined {
    return this.inner.node;
  }

  onEvent(handler: (event: ClusterEvent) => void): void {
    this.inner.onEvent((event) => this.world.at(this.actor, 1 + this.world.random.next() * 5, () => handler(event)));
  }

  onGap(handler: () => void): void {
    this.inner.onGap(handler);
  }

  get available(): boolean {
    return this.inner.available;
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private carry(message: Buffer, handler: (message: Buffer) => void): void {
    const { world, weather } = this;
    const from = world.running;
    if (this.cut || this.isCut(from)) return;
    if (this.batch.step !== world.steps || this.batch.from !== from.name)
      this.batch = { step: world.steps, from: from.name, lost: world.random.chance(weather.loss) };
    if (this.batch.lost) return;
    const join = Math.max(
      this.lastFrom.get(from.name) ?? 0,
      world.now + 1 + Math.round(world.random.next() * (3 + weather.delayMs)),
    );
    this.lastFrom.set(from.name, join);
    const copy = Buffer.from(message);
    world.at(this.actor, join - world.now, () => handler(copy));
  }
}
