/** Larger ones are left to the collector: a peak's memory is not kept. */
export const LARGEST_SPARE_BYTES = 256 * 1024;
export const MOST_SPARES = 8;

/** Memory of batches that are done with, for the next ones: at most {@link MOST_SPARES} buffers. */
export class SpareMemory {
  private readonly spares: Buffer[] = [];

  take(): Buffer | undefined {
    return this.spares.pop();
  }

  /** Nobody may read or write it any more. */
  give(memory: Buffer): void {
    if (memory.length <= LARGEST_SPARE_BYTES && this.spares.length < MOST_SPARES) this.spares.push(memory);
  }
}
