/** Maximum size of a pooled buffer. Larger ones, of a peak, are left to the garbage collector. */
export const MAX_POOLED_BYTES = 256 * 1024;
export const MAX_POOLED = 8;

/** Reuses the memory of sent batches: at most {@link MAX_POOLED} buffers. */
export class BufferPool {
  private readonly buffers: Buffer[] = [];

  acquire(): Buffer | undefined {
    return this.buffers.pop();
  }

  /** Returns a buffer to the pool. The caller must not use it any more. */
  release(memory: Buffer): void {
    if (memory.length <= MAX_POOLED_BYTES && this.buffers.length < MAX_POOLED) this.buffers.push(memory);
  }
}
