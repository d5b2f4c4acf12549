/** Larger ones are left to the collector: a peak's memory is not kept. */
export const MAX_POOLED_BYTES = 256 * 1024;
export const MAX_POOLED = 8;

/** Memory of batches that are done with, for the next ones: at most {@link MAX_POOLED} buffers. */
export class BufferPool {
  private readonly buffers: Buffer[] = [];

  acquire(): Buffer | undefined {
    return this.buffers.pop();
  }

  /** Nobody may read or write it any more. */
  release(memory: Buffer): void {
    if (memory.length <= MAX_POOLED_BYTES && this.buffers.length < MAX_POOLED) this.buffers.push(memory);
  }
}
