import { Inject, Injectable, Logger, OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { BoundedPool } from './bounded-pool.js';
import type { Database } from './database.tokens.js';
import { migrateDatabase } from './migrate.js';
import { databaseOver } from './transactions.js';

/** How to connect to the database, and how to stop an embedded one. */
export interface DatabaseSource {
  readonly connection: pg.ClientConfig;
  /** Stops an embedded server; does nothing for an external one. */
  stop(): Promise<void>;
}

/** Injection token of the {@link DatabaseSource}. */
export const DATABASE_SOURCE = Symbol('DATABASE_SOURCE');

const POOL = { max: 10, maxWaiting: 500, connectMs: 3_000, statementMs: 5_000, answerMs: 6_000, idleMs: 30_000 };

/** The connection pool of this process. Closed last on shutdown. */
@Injectable()
export class DatabaseConnection implements OnApplicationShutdown {
  readonly database: Database;
  private readonly log = new Logger('Database');
  private readonly pool: BoundedPool;

  constructor(@Inject(DATABASE_SOURCE) private readonly source: DatabaseSource) {
    this.pool = new BoundedPool(
      {
        ...source.connection,
        application_name: 'parley',
        max: POOL.max,
        connectionTimeoutMillis: POOL.connectMs,
        idleTimeoutMillis: POOL.idleMs,
        statement_timeout: POOL.statementMs,
        // Covers what a statement timeout cannot: a network that drops the answer.
        query_timeout: POOL.answerMs,
        keepAlive: true,
      },
      POOL.maxWaiting,
    );
    // Without a listener, a broken idle connection ends the process.
    this.pool.on('error', (error) =>
      this.log.warn(`Idle database connection lost; the pool reconnects: ${error.message}`),
    );
    // So does one that breaks during a transaction. Its next statement fails.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.database = databaseOver(this.pool);
  }

  migrate(): Promise<void> {
    return migrateDatabase(this.source.connection);
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
