import { setTimeout as wait } from 'node:timers/promises';
import DataLoader from 'dataloader';
import { isDatabaseLost } from './database-errors.js';

/** Maximum keys per query; further ones go into the next query. */
const MAX_KEYS = 200;

/** Maximum time, in milliseconds, that a query waits for the previous one's answer. */
const TIMEOUT_MS = 50;

/**
 * Minimum interval between two queries, in milliseconds, unless the next one is full: a database on the same machine
 * answers in less than one, and a storm of joins would query it thousands of times per second (docs/performance.md).
 */
const MIN_INTERVAL_MS = 3;

/**
 * Combines lookups into one query: those of one turn of the event loop, those made while the previous query is not
 * answered, and those within {@link MIN_INTERVAL_MS} of it. The cost of a query is mostly per query, not per row, and
 * sessions reconnect all at once after a node's death. A lookup with no recent query is sent in the same turn.
 * Nothing is cached.
 * @param ask returns one answer per key, in the order of the keys
 */
export const batched = <K, V>(
  ask: (keys: readonly K[]) => Promise<readonly V[]>,
  { timeoutMs = TIMEOUT_MS, minIntervalMs = MIN_INTERVAL_MS } = {},
): ((key: K) => Promise<V>) => {
  const scheduler = new QueryScheduler(timeoutMs, minIntervalMs);
  const loader = new DataLoader<K, V>((keys) => scheduler.take(() => answers(ask, keys)), {
    cache: false,
    maxBatchSize: MAX_KEYS,
    batchScheduleFn: (callback) => scheduler.schedule(callback),
  });
  return (key) => loader.load(key);
};

/** Sends one query at a time as long as answers arrive: a query waits for the one before it. */
class QueryScheduler {
  private current = 0;
  /** The last query is not answered, or was sent within the minimum interval. */
  private isAsking = false;
  private next: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly timeoutMs: number,
    private readonly minIntervalMs: number,
  ) {}

  schedule(query: () => void): void {
    // A second batch means that the waiting one is full.
    this.go();
    if (!this.isAsking) return void setImmediate(query);
    this.next = query;
    this.timer = setTimeout(() => this.go(), this.timeoutMs);
  }

  take<T>(ask: () => Promise<T>): Promise<T> {
    this.current += 1;
    this.isAsking = true;
    const mine = this.current;
    const answer = ask();
    void Promise.allSettled([answer, wait(this.minIntervalMs, undefined, { ref: false })]).then(() => {
      if (mine !== this.current) return;
      this.isAsking = false;
      this.go();
    });
    return answer;
  }

  private go(): void {
    clearTimeout(this.timer);
    this.next?.();
    this.next = undefined;
  }
}

/** Isolates failures: when a query fails, each key is queried separately, so that one bad key fails alone. */
const answers = async <K, V>(
  ask: (keys: readonly K[]) => Promise<readonly V[]>,
  keys: readonly K[],
): Promise<readonly (V | Error)[]> => {
  try {
    return await ask(keys);
  } catch (error) {
    if (keys.length === 1 || isDatabaseLost(error)) return keys.map(() => error as Error);
    return Promise.all(
      keys.map((key) =>
        ask([key]).then(
          ([answer]) => answer as V,
          (fault: Error) => fault,
        ),
      ),
    );
  }
};
