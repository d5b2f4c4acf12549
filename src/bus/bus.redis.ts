import type { NodeId } from '@parley/protocol';
import type { RedisClient } from '../redis/redis-client.js';
import { type Bus, BusUnavailable, type ClusterEvent, MAX_BATCH_BYTES, type Message, sizeOf } from './bus.js';
import { emptyBusStats } from './bus.stats.js';
import { EventPublisher } from './events/event-publisher.js';
import { parseClusterEvent } from './events/parse-cluster-event.js';
import { HandlerRegistry, rethrow } from './handler-registry.js';
import { Batch, decodePayload, encodeClusterEvent } from './transport/batch.js';
import { BufferPool } from './transport/buffer-pool.js';
import { Outbox } from './transport/outbox.js';
import { PROBE_TIMERS, ProbedSubscription, type ProbeTimers } from './transport/probed-subscription.js';

/** Maximum bytes that wait or are in flight to Redis, for all nodes together; beyond it `send` returns false. */
export const MAX_UNANSWERED_BYTES = 4 * MAX_BATCH_BYTES;

export interface RedisBusOptions {
  readonly timers?: ProbeTimers;
  /** Called with the error of a handler that threw. Default: an uncaught exception. */
  readonly onError?: (error: unknown) => void;
}

/** Minimum milliseconds between two batches to a node. */
const MIN_INTERVAL_MS = 1;

/** The bus over Redis pub/sub. */
export class RedisBus implements Bus {
  readonly stats = emptyBusStats();
  private readonly handlers: HandlerRegistry;
  private readonly buffers = new BufferPool();
  private readonly outbox = new Outbox(
    (to, batch) => this.flush(to, batch),
    () => new Batch(this.buffers.acquire()),
    MIN_INTERVAL_MS,
  );
  private readonly publisher: EventPublisher;
  private readonly timers: ProbeTimers;
  private readonly retries: NodeJS.Timeout;
  private subscription: ProbedSubscription | undefined;
  node: NodeId | undefined;
  private listeners: { resolve(): void; reject(error: Error): void }[] = [];
  private unanswered = 0;
  private closed = false;

  /** @param listNodes lists the nodes with a lease, which receive cluster events */
  constructor(
    private readonly redis: RedisClient,
    listNodes: () => Promise<readonly NodeId[]>,
    options: RedisBusOptions = {},
  ) {
    this.timers = options.timers ?? PROBE_TIMERS;
    this.handlers = new HandlerRegistry(options.onError ?? rethrow);
    this.publisher = new EventPublisher(redis, listNodes);
    this.retries = setInterval(() => this.publisher.retry().catch(() => {}), this.timers.probeMs);
    this.retries.unref();
  }

  /** Retries without a limit; rejects only if the bus is closed. */
  listen(node: NodeId): Promise<void> {
    if (this.closed) return Promise.reject(new BusUnavailable('The bus is closed.'));
    const moved = this.subscription !== undefined;
    this.subscription?.close();
    return new Promise((resolve, reject) => {
      this.listeners.push({ resolve, reject });
      this.node = node;
      this.subscription = new ProbedSubscription(
        this.redis,
        this.redis.keys.channel(node),
        this.channelEvents(),
        this.timers,
        moved,
      );
    });
  }

  send(to: NodeId, message: Message): boolean {
    const waiting = this.waitingBytes + sizeOf(message);
    if (this.available && waiting <= MAX_UNANSWERED_BYTES && this.outbox.put(to, message)) return true;
    this.stats.messagesDropped += 1;
    return false;
  }

  async publish(event: ClusterEvent): Promise<void> {
    const { node } = this;
    try {
      if (this.closed || node === undefined) throw new Error('The bus is not listening.');
      await this.publisher.publishToAll(encodeClusterEvent(JSON.stringify(event)), node);
    } catch (error) {
      throw new BusUnavailable(error instanceof Error ? error.message : 'Redis failed', { cause: error });
    }
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

  get available(): boolean {
    return !this.closed && this.subscription?.confirmed === true && this.redis.commands.available;
  }

  get waitingBytes(): number {
    return this.unanswered + this.outbox.bytes;
  }

  /** Passes waiting messages to Redis and ends the subscription. The client stays open: it has another owner. */
  close(): Promise<void> {
    if (!this.closed && this.available) this.outbox.flushAll();
    this.closed = true;
    this.stats.messagesDropped += this.outbox.clear();
    clearInterval(this.retries);
    this.subscription?.close();
    for (const { reject } of this.listeners.splice(0)) reject(new BusUnavailable('The bus was closed.'));
    return Promise.resolve();
  }

  private channelEvents() {
    return {
      onPayload: (payload: Buffer) => this.receive(payload),
      onResubscribe: () => {
        this.stats.resubscriptions += 1;
      },
      onConfirmed: (again: boolean) => {
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
      this.subscription?.onProbe(payload.probe);
      return;
    }
    const event = payload === undefined ? undefined : parseClusterEvent(payload.event);
    if (event === undefined) this.stats.invalidMessages += 1;
    else this.handlers.dispatch(event);
  }

  private async flush(to: NodeId, batch: Batch): Promise<void> {
    this.unanswered += batch.bytes;
    try {
      await this.redis.commands.publishZeroCopy(this.redis.keys.channel(to), batch);
      this.stats.batchesSent += 1;
      this.stats.messagesSent += batch.count;
      // Redis answered, so the socket no longer holds the memory. After a failure it may.
      this.buffers.release(batch.memory);
    } catch {
      this.stats.messagesDropped += batch.count;
    } finally {
      this.unanswered -= batch.bytes;
    }
  }
}
