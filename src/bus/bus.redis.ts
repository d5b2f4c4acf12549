import type { NodeId } from '@parley/protocol';
import type { RedisLink } from '../redis/redis-client.js';
import { type Bus, BusUnavailable, type Fact, MAX_BATCH_BYTES, type Message, sizeOf } from './bus.js';
import { emptyBusStats } from './bus.stats.js';
import { FactCourier } from './events/event-publisher.js';
import { parseFact } from './events/parse-cluster-event.js';
import { Handlers, rethrow } from './handler-registry.js';
import { Batch, decodePayload, encodeFact } from './transport/batch.js';
import { SpareMemory } from './transport/buffer-pool.js';
import { Outbox } from './transport/outbox.js';
import { OwnChannel, PROBE_TIMERS, type ProbeTimers } from './transport/probed-subscription.js';

/** Bytes that may be on their way to Redis, over all nodes; beyond it `send` answers false. */
export const MAX_UNANSWERED_BYTES = 4 * MAX_BATCH_BYTES;

export interface RedisBusOptions {
  readonly timers?: ProbeTimers;
  /** Told of a handler that threw. Default: an uncaught exception. */
  readonly onError?: (error: unknown) => void;
}

/** A batch to a node in so many milliseconds, when there is always something to send. */
const PACE_MS = 1;

/** Messages between nodes over Redis pub/sub: each node listens to one channel, its own. */
export class RedisBus implements Bus {
  readonly stats = emptyBusStats();
  private readonly handlers: Handlers;
  private readonly spares = new SpareMemory();
  private readonly outbox = new Outbox(
    (to, batch) => this.flush(to, batch),
    () => new Batch(this.spares.take()),
    PACE_MS,
  );
  private readonly courier: FactCourier;
  private readonly timers: ProbeTimers;
  private readonly retries: NodeJS.Timeout;
  private own: OwnChannel | undefined;
  node: NodeId | undefined;
  private listeners: { resolve(): void; reject(error: Error): void }[] = [];
  private unanswered = 0;
  private closed = false;

  /** @param listNodes the nodes that facts go to: those with a lease. */
  constructor(
    private readonly redis: RedisLink,
    listNodes: () => Promise<readonly NodeId[]>,
    options: RedisBusOptions = {},
  ) {
    this.timers = options.timers ?? PROBE_TIMERS;
    this.handlers = new Handlers(options.onError ?? rethrow);
    this.courier = new FactCourier(redis, listNodes);
    this.retries = setInterval(() => this.courier.retry().catch(() => {}), this.timers.probeMs);
    this.retries.unref();
  }

  /** Waits for as long as it takes; rejects only when the bus is closed first. */
  listen(node: NodeId): Promise<void> {
    if (this.closed) return Promise.reject(new BusUnavailable('The bus is closed.'));
    const moved = this.own !== undefined;
    this.own?.close();
    return new Promise((resolve, reject) => {
      this.listeners.push({ resolve, reject });
      this.node = node;
      this.own = new OwnChannel(this.redis, this.redis.keys.channel(node), this.channelEvents(), this.timers, moved);
    });
  }

  send(to: NodeId, message: Message): boolean {
    const waiting = this.waitingBytes + sizeOf(message);
    if (this.available && waiting <= MAX_UNANSWERED_BYTES && this.outbox.put(to, message)) return true;
    this.stats.messagesDropped += 1;
    return false;
  }

  async announce(fact: Fact): Promise<void> {
    const { node } = this;
    try {
      if (this.closed || node === undefined) throw new Error('The bus does not listen.');
      await this.courier.announce(encodeFact(JSON.stringify(fact)), node);
    } catch (error) {
      throw new BusUnavailable(error instanceof Error ? error.message : 'Redis failed', { cause: error });
    }
  }

  hear(fact: Fact): void {
    this.handlers.tell(fact);
  }

  onMessage(handler: (message: Buffer) => void): void {
    this.handlers.onMessage = handler;
  }

  onPortMessage(lead: number, handler: (message: Buffer) => void): void {
    this.handlers.onPortMessage(lead, handler);
  }

  onFact(handler: (fact: Fact) => void): void {
    this.handlers.onFact = handler;
  }

  onGap(handler: () => void): void {
    this.handlers.onGap = handler;
  }

  get available(): boolean {
    return !this.closed && this.own?.heard === true && this.redis.commands.available;
  }

  get waitingBytes(): number {
    return this.unanswered + this.outbox.bytes;
  }

  /** What was sent before this is handed to Redis; the connection itself is not this object's. */
  close(): Promise<void> {
    if (!this.closed && this.available) this.outbox.flushAll();
    this.closed = true;
    this.stats.messagesDropped += this.outbox.clear();
    clearInterval(this.retries);
    this.own?.close();
    for (const { reject } of this.listeners.splice(0)) reject(new BusUnavailable('The bus was closed.'));
    return Promise.resolve();
  }

  private channelEvents() {
    return {
      onPayload: (payload: Buffer) => this.receive(payload),
      onResubscribe: () => {
        this.stats.resubscriptions += 1;
      },
      onHeard: (again: boolean) => {
        for (const { resolve } of this.listeners.splice(0)) resolve();
        if (again) this.handlers.reportGap();
      },
    };
  }

  private receive(bytes: Buffer): void {
    const payload = decodePayload(bytes);
    if (payload?.kind === 'messages') {
      this.stats.messagesReceived += payload.messages.length;
      for (const message of payload.messages) this.handlers.deliver(message);
      return;
    }
    if (payload?.kind === 'probe') {
      this.own?.onProbe(payload.probe);
      return;
    }
    const fact = payload === undefined ? undefined : parseFact(payload.fact);
    if (fact === undefined) this.stats.rubbish += 1;
    else this.handlers.tell(fact);
  }

  private async flush(to: NodeId, batch: Batch): Promise<void> {
    this.unanswered += batch.bytes;
    try {
      await this.redis.commands.publishInPlace(this.redis.keys.channel(to), batch);
      this.stats.batchesSent += 1;
      this.stats.messagesSent += batch.count;
      // Redis answered, so it has read all of it. After a failure the socket may still hold it.
      this.spares.give(batch.memory);
    } catch {
      this.stats.messagesDropped += batch.count;
    } finally {
      this.unanswered -= batch.bytes;
    }
  }
}
