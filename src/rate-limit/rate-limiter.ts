/** So many at once, and so many a second in the long run. `name` tells this rate's counts from others'. */
export interface Rate {
  readonly name: string;
  readonly burst: number;
  readonly perSecond: number;
}

/** Token buckets by rate and by whom they are for: an address, a user, a room. */
export abstract class RateLimiter {
  /**
   * Takes one token of somebody's.
   * @param subject any text; it is never kept in the open where others can read it
   * @returns 0 when it was there, else the milliseconds until the next one is. Never rejects.
   */
  abstract take(rate: Rate, subject: string): Promise<number>;

  /** Buckets that are remembered in this process. */
  abstract readonly size: number;
}

/** Buckets of this process alone, which can be asked without waiting. */
export abstract class LocalRateLimiter extends RateLimiter {
  abstract takeNow(rate: Rate, subject: string): number;
}
