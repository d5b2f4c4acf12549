/** How long what was remembered is as good as asked, how long it serves an outage, and how much is kept. */
const LIMITS = { freshMs: 30_000, staleMs: 600_000, retryMs: 2_000, max: 20_000 };

interface Entry<T> {
  readonly value: T;
  readonly storedAt: number;
  readonly freshUntil: number;
}

/**
 * Answers of the database, remembered for two uses: for 30 s instead of asking, and for 10 minutes while it
 * cannot be asked. At most 20,000; the one that was kept longest ago goes first.
 */
export class StaleCache<T> {
  private readonly entries = new Map<string, Entry<T>>();
  /** Raised by whatever makes something be forgotten: a look-up that began before is not kept. */
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

  /** A look-up begins. Call what is returned with its answer; undefined means "nothing to remember". */
  begin(key: string): (answer: T | undefined) => void {
    const began = this.generation;
    const beganAt = this.now();
    return (answer) => {
      if (answer === undefined) this.entries.delete(key);
      // What was true when it was asked is believed from then on, however long the answer took.
      else if (began === this.generation) this.keep(key, answer, beganAt + this.limits.freshMs);
    };
  }

  /** Keeps what was learned in passing, for an outage only. */
  keepStale(key: string, value: T): void {
    this.keep(key, value, 0);
  }

  /** The database is away: what is known counts for another moment, so that not every call waits for it. */
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

  /** Everything is asked anew; what is remembered serves an outage only. */
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
