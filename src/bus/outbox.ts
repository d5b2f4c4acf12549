import type { NodeId } from '@parley/protocol';
import { MAX_BATCH_BYTES } from './bus.js';

interface Batch {
  bytes: number;
  readonly messages: Buffer[];
}

/**
 * The messages of one turn of the event loop, by destination. The flush runs in `setImmediate`: after all the
 * input of this turn was handled, so that everything it led to leaves in one write a destination.
 */
export class Outbox<To = NodeId> {
  /** What waits, over all destinations. */
  bytes = 0;
  private batches = new Map<To, Batch>();
  private scheduled: NodeJS.Immediate | undefined;

  constructor(private readonly flush: (to: To, messages: readonly Buffer[]) => void) {}

  /** False when the batch of this destination would grow beyond {@link MAX_BATCH_BYTES}. */
  put(to: To, message: Buffer): boolean {
    const batch = this.batches.get(to) ?? { bytes: 0, messages: [] };
    if (batch.bytes + message.length > MAX_BATCH_BYTES) return false;
    this.batches.set(to, batch);
    batch.bytes += message.length;
    this.bytes += message.length;
    batch.messages.push(message);
    this.scheduled ??= setImmediate(() => this.flushAll());
    return true;
  }

  /** Sends what waits at once. */
  flushAll(): void {
    clearImmediate(this.scheduled);
    this.scheduled = undefined;
    this.bytes = 0;
    const batches = this.batches;
    this.batches = new Map();
    for (const [to, { messages }] of batches) this.flush(to, messages);
  }

  /** Forgets what waits; answers how many messages that were. */
  clear(): number {
    clearImmediate(this.scheduled);
    this.scheduled = undefined;
    let count = 0;
    for (const { messages } of this.batches.values()) count += messages.length;
    this.bytes = 0;
    this.batches.clear();
    return count;
  }
}
