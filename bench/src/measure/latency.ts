/** Buckets that are 5 % wide: 400 of them reach from 1 µs to five minutes. */
const GROWTH = Math.log(1.05);
const BUCKETS = 400;

/** A histogram of the latencies of one measurement. */
export class Latency {
  private readonly buckets = new Uint32Array(BUCKETS);
  count = 0;

  /** @param ms milliseconds */
  add(ms: number): void {
    const bucket = Math.ceil(Math.log(Math.max(ms, 0.001) * 1000) / GROWTH);
    const index = Math.min(BUCKETS - 1, bucket);
    this.buckets[index] = (this.buckets[index] as number) + 1;
    this.count += 1;
  }

  /** Returns a quantile: the upper bound of its bucket, milliseconds. NaN if there are no latencies. */
  quantile(share: number): number {
    let left = Math.ceil(this.count * share);
    for (let bucket = 0; bucket < BUCKETS && left > 0; bucket += 1) {
      left -= this.buckets[bucket] as number;
      if (left <= 0) return Math.exp(bucket * GROWTH) / 1000;
    }
    return Number.NaN;
  }

  reset(): void {
    this.buckets.fill(0);
    this.count = 0;
  }
}
