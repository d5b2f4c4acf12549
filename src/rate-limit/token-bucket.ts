/** A token bucket: a burst, and a rate per second. Time is monotonic milliseconds. */
export class TokenBucket {
  private tokens: number;
  private at: number;

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
    now: number,
  ) {
    this.tokens = burst;
    this.at = now;
  }

  /** Takes tokens; false when there are too few, and then takes none. */
  take(now: number, count = 1): boolean {
    this.refill(now);
    if (this.tokens < count) return false;
    this.tokens -= count;
    return true;
  }

  /** Milliseconds until this number of tokens is available, 0 when it is; more than the burst wait for a full bucket. Takes none. */
  missingMs(now: number, count = 1): number {
    this.refill(now);
    const missing = Math.min(count, this.burst) - this.tokens;
    return missing <= 0 ? 0 : Math.ceil((missing / this.perSecond) * 1000);
  }

  /** Takes tokens for what was done already, also more than there are: the next ones come that much later. */
  charge(now: number, count = 1): void {
    this.refill(now);
    this.tokens -= count;
  }

  /** Whole tokens that are left, as of the last look. */
  get left(): number {
    return Math.floor(this.tokens);
  }

  /** Milliseconds until this number of tokens is available. */
  waitMs(count = 1): number {
    return Math.max(1, Math.ceil(((count - this.tokens) / this.perSecond) * 1000));
  }

  private refill(now: number): void {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
  }
}
