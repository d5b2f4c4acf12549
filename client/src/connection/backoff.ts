/** @internal Backoff of reconnects. */
export const BACKOFF_RULES = {
  firstMs: 300,
  capMs: 5_000,
  /** After a connection that lasted this long, the backoff starts from the first delay again. */
  stableMs: 10_000,
} as const;

/**
 * @internal The delay before the next attempt: full jitter over a delay that doubles from 0.3 s to 5 s, plus
 * `retryAfterMs`. Full jitter spreads a herd best (M. Brooker, Exponential Backoff and Jitter, 2015).
 */
export class Backoff {
  #failures = 0;

  constructor(private readonly random: () => number) {}

  /** The delay before the next attempt, in milliseconds. Each call counts as one more failure. */
  next(retryAfterMs = 0): number {
    const ceiling = Math.min(BACKOFF_RULES.capMs, BACKOFF_RULES.firstMs * 2 ** Math.min(this.#failures++, 16));
    return Math.max(0, retryAfterMs) + this.random() * ceiling;
  }

  /** Start from the first delay again. */
  reset(): void {
    this.#failures = 0;
  }
}
