import type { NodeId } from '@parley/protocol';
import { type Bus, BusUnavailable, type ClusterEvent, type Message } from './bus.js';
import { emptyBusStats } from './bus.stats.js';
import { HandlerRegistry, rethrow } from './handler-registry.js';
import type { Batch } from './transport/batch.js';
import { Outbox } from './transport/outbox.js';

/** Connects the memory buses of one process, each of which represents one node. */
export class MemoryBusHub {
  private readonly nodes = new Map<NodeId, MemoryBus>();
  private readonly cut = new Set<MemoryBus>();

  /** Cuts a bus off from the others, as the loss of Redis would. */
  isolate(bus: MemoryBus): void {
    this.cut.add(bus);
  }

  /** Reconnects a bus, which then reports a gap. */
  restore(bus: MemoryBus): void {
    if (this.cut.delete(bus)) bus.onRestored();
  }

  /** @internal */
  reaches(bus: MemoryBus): boolean {
    return !this.cut.has(bus);
  }

  /** @internal */
  move(bus: MemoryBus, from: NodeId | undefined, to: NodeId | undefined): void {
    if (from !== undefined && this.nodes.get(from) === bus) this.nodes.delete(from);
    if (to !== undefined) this.nodes.set(to, bus);
    else this.cut.delete(bus);
  }

  /** @internal */
  at(node: NodeId): MemoryBus | undefined {
    const bus = this.nodes.get(node);
    return bus !== undefined && this.reaches(bus) ? bus : undefined;
  }

  /** @internal */
  all(): MemoryBus[] {
    return [...this.nodes.values()].filter((bus) => this.reaches(bus));
  }
}

/** The bus of a node without Redis; tests connect several of them with a {@link MemoryBusHub}. */
export class MemoryBus implements Bus {
  readonly stats = emptyBusStats();
  node: NodeId | undefined;
  private closed = false;
  private readonly handlers: HandlerRegistry;
  private readonly outbox = new Outbox((to, batch) => this.flush(to, batch));

  /** @param onError called with the error of a handler that threw. Default: an uncaught exception. */
  constructor(
    private readonly hub: MemoryBusHub = new MemoryBusHub(),
    onError: (error: unknown) => void = rethrow,
  ) {
    this.handlers = new HandlerRegistry(onError);
  }

  listen(node: NodeId): Promise<void> {
    if (this.closed) return Promise.reject(new BusUnavailable('The bus is closed.'));
    this.hub.move(this, this.node, node);
    this.node = node;
    return Promise.resolve();
  }

  send(to: NodeId, message: Message): boolean {
    if (this.available && this.outbox.put(to, message)) return true;
    this.stats.messagesDropped += 1;
    return false;
  }

  publish(event: ClusterEvent): Promise<void> {
    if (!this.available) return Promise.reject(new BusUnavailable('The bus is unavailable.'));
    const listeners = new Set([...this.hub.all(), this]);
    return new Promise((resolve) => {
      setImmediate(() => {
        for (const bus of listeners) if (!bus.closed) bus.handlers.dispatch(event);
        resolve();
      });
    });
  }

  dispatchLocal(event: ClusterEvent): void {
    this.handlers.dispatch(event);
  }

  onMessage(handler: (message: Buffer) => void): void {
    this.handlers.onMessage = handler;
  }

  onPortMessage(tag: number, handler: (message: Buffer) => void): void {
    this.handlers.onPortMessage(tag, handler);
  }

  onEvent(handler: (event: ClusterEvent) => void): void {
    this.handlers.onEvent = handler;
  }

  onGap(handler: () => void): void {
    this.handlers.onGap = handler;
  }

  get waitingBytes(): number {
    return this.outbox.bytes;
  }

  get available(): boolean {
    return !this.closed && this.node !== undefined && this.hub.reaches(this);
  }

  close(): Promise<void> {
    this.closed = true;
    this.hub.move(this, this.node, undefined);
    this.stats.messagesDropped += this.outbox.clear();
    return Promise.resolve();
  }

  /** @internal */
  onRestored(): void {
    this.handlers.reportGap();
  }

  private flush(to: NodeId, batch: Batch): void {
    if (!this.available) {
      this.stats.messagesDropped += batch.count;
      return;
    }
    this.stats.batchesSent += 1;
    this.stats.messagesSent += batch.count;
    const bus = this.hub.at(to);
    if (bus === undefined) return;
    for (const message of batch.messages) {
      bus.stats.messagesReceived += 1;
      bus.handlers.deliver(message);
    }
  }
}
