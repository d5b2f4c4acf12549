import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { isDatabaseLost } from './database-errors.js';

/** "parley" and "migrate" in one bigint: the advisory lock that a migrating replica holds. */
const LOCK = '8097875038425937';

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));

/** Maximum wait for a database that is still starting. */
const CONNECT_TIMEOUT_MS = 30_000;

/** The database is unavailable when Parley starts. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable';
  /** Marks an error for operators: its message is enough. */
  readonly operator = true;
}

/**
 * Migrates the schema. Any number of replicas may call it at once: an advisory lock lets one migrate while the others
 * wait.
 * @param timeoutMs maximum wait for a database that does not answer yet
 * @throws DatabaseUnreachable when the database does not answer in time, or refuses the connection
 */
export const migrateDatabase = async (connection: pg.ClientConfig, timeoutMs = CONNECT_TIMEOUT_MS): Promise<void> => {
  const client = await connectWithRetry(connection, Date.now() + timeoutMs);
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await migrate(drizzle(client), { migrationsFolder: FOLDER });
  } finally {
    // Closing the connection releases the lock, even after a failed migration.
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
        throw new DatabaseUnreachable(`cannot connect to the database of DATABASE_URL: ${reason}`, { cause: error });
      }
      if (tries === 1) log.warn(`Database unavailable at start; retrying for up to ${CONNECT_TIMEOUT_MS / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
};
