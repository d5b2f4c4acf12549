/** How long entries are fresh, how long they serve an outage, the pause between retries, and how many are kept. */
const LIMITS = { freshMs: 30_000, staleMs: 600_000, retryMs: 2_000, max: 20_000 };

interface Entry<T> {
  readonly value: T;
  readonly storedAt: number;
  readonly freshUntil: number;
}

/**
 * Cache of database answers: fresh for 30 s, and served stale for 10 minutes while the database is unavailable. By
 * default it has at most 20,000 entries; the oldest is evicted first.
 */
export class StaleCache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  /** Raised by each invalidation: a lookup that began before it is not stored. */
  private generation = 0;

  constructor(
    private readonly limits = LIMITS,
    private readonly now: () => number = Date.now,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): { readonly value: T; readonly fresh: boolean } | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    const now = this.now();
    if (now >= entry.storedAt + this.limits.staleMs) {
      this.entries.delete(key);
      return undefined;
    }
    return { value: entry.value, fresh: now < entry.freshUntil };
  }

  /** Begins a lookup. @returns a function to call with the answer; `undefined` is not cached */
  begin(key: string): (answer: T | undefined) => void {
    const began = this.generation;
    const beganAt = this.now();
    return (answer) => {
      if (answer === undefined) this.entries.delete(key);
      // Freshness counts from the start of the lookup: the answer may have been slow.
      else if (began === this.generation) this.keep(key, answer, beganAt + this.limits.freshMs);
    };
  }

  /** Stores a value from another query, to be served in an outage only. */
  keepStale(key: string, value: T): void {
    this.keep(key, value, 0);
  }

  /** Makes a stale entry fresh for `retryMs`, so that not every call waits for an unavailable database. */
  extend(key: string): void {
    const entry = this.entries.get(key);
    if (entry !== undefined) this.entries.set(key, { ...entry, freshUntil: this.now() + this.limits.retryMs });
  }

  forget(key: string): void {
    this.generation += 1;
    this.entries.delete(key);
  }

  forgetWhere(matches: (key: string) => boolean): void {
    this.generation += 1;
    for (const key of this.entries.keys()) if (matches(key)) this.entries.delete(key);
  }

  /** Makes every entry stale: from now on they serve outages only. */
  expireAll(): void {
    this.generation += 1;
    for (const [key, entry] of this.entries) this.entries.set(key, { ...entry, freshUntil: 0 });
  }

  private keep(key: string, value: T, freshUntil: number): void {
    this.entries.delete(key);
    this.entries.set(key, { value, storedAt: this.now(), freshUntil });
    const oldest = this.entries.keys().next().value;
    if (this.entries.size > this.limits.max && oldest !== undefined) this.entries.delete(oldest);
  }
}
