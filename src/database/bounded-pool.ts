import pg from 'pg';
import { DatabaseBusy } from './database-errors.js';

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** A connection pool with a bounded queue: when `maxWaiting` queries wait, the next one fails with DatabaseBusy. */
export class BoundedPool extends pg.Pool {
  constructor(
    config: pg.PoolConfig,
    private readonly maxWaiting: number,
    /** Receives the outcome of each query and transaction. */
    readonly report: (error?: unknown) => void = () => undefined,
  ) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((...args: unknown[]) => {
      const answer = query(...args);
      // With a callback there is no promise; Drizzle uses none.
      if (answer instanceof Promise) answer.then(() => report(), report);
      return answer;
    }) as pg.Pool['query'];
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    if (this.waitingCount < this.maxWaiting) {
      if (callback === undefined) return super.connect();
      super.connect(callback);
      return undefined;
    }
    const busy = new DatabaseBusy(`${this.maxWaiting} queries already wait for a connection`);
    if (callback === undefined) return Promise.reject(busy);
    callback(busy, undefined, () => undefined);
    return undefined;
  }
}
