import { setTimeout as wait } from 'node:timers/promises';
import type { NodeId } from '@parley/protocol';
import { MAX_BATCH_BYTES, type Message, sizeOf } from '../bus.js';
import { Batch } from './batch.js';

/**
 * Collects messages by destination and flushes them at the end of the turn of the event loop, in `setImmediate`: after
 * all input of the turn was handled, so that the messages it caused leave in one write per destination.
 *
 * While a flush to a destination is in flight, and for at least `minIntervalMs`, further messages for it wait for the
 * next one. So an idle node sends at once, and a busy one sends larger batches (docs/adr/0011-one-batch-at-a-time.md).
 */
export class Outbox<To = NodeId> {
  /** Bytes that wait, for all destinations together. */
  bytes = 0;
  private readonly batches = new Map<To, Batch>();
  private readonly busy = new Set<To>();
  private scheduled: NodeJS.Immediate | undefined;

  /**
   * @param flush sends a batch; the next one to the destination may follow when its promise, which never rejects,
   * resolves
   * @param newBatch makes an empty batch
   * @param minIntervalMs minimum milliseconds between two batches to a destination. Default: 0
   */
  constructor(
    private readonly flush: (to: To, batch: Batch) => void | Promise<void>,
    private readonly newBatch: () => Batch = () => new Batch(),
    private readonly minIntervalMs = 0,
  ) {}

  /** Adds a message. @returns false if the batch of the destination would exceed {@link MAX_BATCH_BYTES} */
  put(to: To, message: Message): boolean {
    const size = sizeOf(message);
    let batch = this.batches.get(to);
    if ((batch?.bytes ?? 0) + size > MAX_BATCH_BYTES) return false;
    if (batch === undefined) {
      batch = this.newBatch();
      this.batches.set(to, batch);
    }
    this.schedule();
    batch.put(message);
    this.bytes += size;
    return true;
  }

  /** Sends all waiting batches now, even to destinations with a flush in flight. */
  flushAll(): void {
    clearImmediate(this.scheduled);
    this.scheduled = undefined;
    for (const to of [...this.batches.keys()]) this.send(to);
  }

  /** Drops all waiting messages. @returns how many there were */
  clear(): number {
    clearImmediate(this.scheduled);
    this.scheduled = undefined;
    let count = 0;
    for (const batch of this.batches.values()) count += batch.count;
    this.bytes = 0;
    this.batches.clear();
    return count;
  }

  private schedule(): void {
    this.scheduled ??= setImmediate(() => {
      this.scheduled = undefined;
      for (const to of [...this.batches.keys()]) if (!this.busy.has(to)) this.send(to);
    });
  }

  private send(to: To): void {
    const batch = this.batches.get(to) as Batch;
    this.batches.delete(to);
    this.bytes -= batch.bytes;
    const sent = this.flush(to, batch);
    if (sent === undefined) return;
    this.busy.add(to);
    void Promise.all([sent, this.minIntervalMs > 0 && wait(this.minIntervalMs)]).then(() => {
      this.busy.delete(to);
      if (this.batches.has(to)) this.schedule();
    });
  }
}
