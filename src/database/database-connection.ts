import { Inject, Injectable, Logger, OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { BoundedPool } from './bounded-pool.js';
import type { Database } from './database.tokens.js';
import type { DatabaseFault } from './database-fault.js';
import { DatabaseStatus } from './database-status.js';
import { migrateDatabase } from './migrate.js';
import { databaseOver } from './transactions.js';

/** How to connect to the database, and how to stop an embedded one. */
export interface DatabaseSource {
  readonly connection: pg.ClientConfig;
  /** How to connect for migrations; default: `connection`. */
  readonly direct?: pg.ClientConfig;
  /** Waits for an external server, and tells whether it takes these parameters of a connection. Default: yes. */
  takes?(parameters: pg.ClientConfig): Promise<boolean>;
  /** Stops an embedded server; does nothing for an external one. */
  stop(): Promise<void>;
}

/** Injection token of the {@link DatabaseSource}. */
export const DATABASE_SOURCE = Symbol('DATABASE_SOURCE');

const POOL = { max: 10, maxWaiting: 500, connectMs: 3_000, answerMs: 6_000, idleMs: 30_000 };

/** Ends a statement that takes too long, in milliseconds. A parameter of each connection. */
const STATEMENT_TIMEOUT = { statement_timeout: 5_000 };

const NO_STATEMENT_TIMEOUT =
  "The pooler of DATABASE_URL refuses statement_timeout, so a slow statement is given up after 6 s but not cancelled. Set connect_query = 'SET statement_timeout = 5000' in its [databases] entry.";

/** The connection pool of this process. Closed last on shutdown. */
@Injectable()
export class DatabaseConnection implements OnApplicationShutdown {
  readonly database: Database;
  private readonly log = new Logger('Database');
  private readonly status = new DatabaseStatus(this.log);
  private readonly pool: BoundedPool;

  constructor(@Inject(DATABASE_SOURCE) private readonly source: DatabaseSource) {
    this.pool = new BoundedPool(
      {
        ...source.connection,
        application_name: 'parley',
        max: POOL.max,
        connectionTimeoutMillis: POOL.connectMs,
        idleTimeoutMillis: POOL.idleMs,
        // Covers what a statement timeout cannot: a network that drops the answer.
        query_timeout: POOL.answerMs,
        keepAlive: true,
      },
      POOL.maxWaiting,
      (error) => this.status.report(error),
    );
    // Without a listener, a broken idle connection ends the process.
    this.pool.on('error', (error) =>
      this.log.warn(`Idle database connection lost; the pool reconnects: ${error.message}`),
    );
    // So does one that breaks during a transaction. Its next statement fails.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.database = databaseOver(this.pool);
  }

  /** Why the last query got no answer; undefined: it got one. */
  get fault(): DatabaseFault | undefined {
    return this.status.fault;
  }

  /** Prepares the first query. */
  async open(): Promise<void> {
    if ((await this.source.takes?.(STATEMENT_TIMEOUT)) ?? true) Object.assign(this.pool.options, STATEMENT_TIMEOUT);
    else this.log.warn(NO_STATEMENT_TIMEOUT);
    await migrateDatabase(this.source.direct ?? this.source.connection);
  }

  /** @throws the driver's error when the database is unavailable */
  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
    await this.source.stop();
  }
}
