import { Inject, Injectable, Logger, OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { BoundedPool } from './bounded-pool.js';
import type { Database } from './database.tokens.js';
import { migrateDatabase } from './migrate.js';
import { databaseOver } from './transactions.js';

/** Where the database is, and what ends with it. */
export interface DatabaseSource {
  readonly connection: pg.ClientConfig;
  /** Stops a server of our own. */
  stop(): Promise<void>;
}

/** Injects the {@link DatabaseSource}. */
export const DATABASE_SOURCE = Symbol('DATABASE_SOURCE');

const POOL = { max: 10, maxWaiting: 500, connectMs: 3_000, statementMs: 5_000, answerMs: 6_000, idleMs: 30_000 };

/** The pool of this process: opened after the migrations, closed after everything that asks it. */
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
        // Ends what a statement timeout cannot: a network that swallows the answer.
        query_timeout: POOL.answerMs,
        keepAlive: true,
      },
      POOL.maxWaiting,
    );
    // An idle connection that breaks would otherwise end the process.
    this.pool.on('error', (error) => this.log.warn(`an idle connection was lost: ${error.message}`));
    // One that breaks under a transaction would too. Whoever has it hears of it at the next statement.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
    this.database = databaseOver(this.pool);
  }

  migrate(): Promise<void> {
    return migrateDatabase(this.source.connection);
  }

  /** @throws the driver's error when the database cannot be asked now */
  async ping(): Promise<void> {
    await this.pool.query('select 1');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
    await this.source.stop();
  }
}
