import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { isDatabaseLost } from './database-errors.js';

/** "parley" and "migrate" in one bigint: the advisory lock that a migrating replica holds. */
const LOCK = '8097875038425937';

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));

/** How long a database that is still starting is waited for. */
const CONNECT_TIMEOUT_MS = 30_000;

/** The database cannot be asked when Parley starts. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable';
  /** For whoever starts Parley: the message says it all. */
  readonly operator = true;
}

/**
 * Brings the schema up to date. Any number of replicas may call it at once: one does it, the others wait
 * and find it done.
 * @param timeoutMs how long to wait for a database that does not answer yet
 * @throws DatabaseUnreachable when the database is not there in time, or does not let Parley in
 */
export const migrateDatabase = async (connection: pg.ClientConfig, timeoutMs = CONNECT_TIMEOUT_MS): Promise<void> => {
  const client = await connectWithRetry(connection, Date.now() + timeoutMs);
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await migrate(drizzle(client), { migrationsFolder: FOLDER });
  } finally {
    // Ending the connection ends the lock too, also when the migration failed half way.
    await client.end();
  }
};

const log = new Logger('Database');

const connectWithRetry = async (connection: pg.ClientConfig, deadline: number): Promise<pg.Client> => {
  for (let tries = 1; ; tries += 1) {
    const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000, application_name: 'parley-migrate' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!isDatabaseLost(error) || Date.now() >= deadline) {
        const reason = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
        throw new DatabaseUnreachable(`the database of DATABASE_URL cannot be asked: ${reason}`, { cause: error });
      }
      if (tries === 1) log.warn('the database does not answer yet: waiting for it');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
};
