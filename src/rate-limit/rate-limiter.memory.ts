import { LocalRateLimiter, type Rate } from './rate-limiter.js';

/** Buckets that are remembered; the one that was used longest ago goes first. */
export const MAX_BUCKETS = 50_000;

/**
 * Buckets of this process. Each is one number, the moment at which it is full again (the generic cell rate
 * algorithm, ITU-T I.371): nothing has to be refilled.
 */
export class MemoryRateLimiter extends LocalRateLimiter {
  private readonly fullAt = new Map<string, number>();

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {
    super();
  }

  get size(): number {
    return this.fullAt.size;
  }

  async take(rate: Rate, subject: string): Promise<number> {
    return this.takeNow(rate, subject);
  }

  /** The same without a promise, for those who cannot wait. */
  takeNow({ name, burst, perSecond }: Rate, subject: string): number {
    const now = this.now();
    const key = `${name} ${subject}`;
    const tokenMs = 1000 / perSecond;
    const fullAt = Math.max(now, this.fullAt.get(key) ?? now);
    const waitMs = Math.ceil(fullAt - (burst - 1) * tokenMs - now);
    if (waitMs > 0) return waitMs;
    this.fullAt.delete(key);
    this.fullAt.set(key, fullAt + tokenMs);
    const oldest = this.fullAt.keys().next().value;
    if (this.fullAt.size > MAX_BUCKETS && oldest !== undefined) this.fullAt.delete(oldest);
    return 0;
  }
}
