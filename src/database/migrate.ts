import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import type pg from 'pg';
import { buildIndexes } from './concurrent-indexes.js';
import { connectWithRetry } from './connect.js';
import { applyMigrations, readMigrations } from './migrations.js';

/** "parley" and "migrate" in one bigint: the advisory lock of the replica that migrates the schema. */
const SCHEMA_LOCK = '8097875038425937';
/**
 * The lock of the replica that builds indexes. Not the same one: older versions wait for that in a statement, and a
 * concurrent build would wait for them.
 */
const INDEX_LOCK = '8097875038425938';
const RETRY_LOCK_MS = 250;

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));

/** Maximum wait, in milliseconds, for a database that is still starting. */
export const CONNECT_TIMEOUT_MS = 30_000;

/** Settings of {@link migrateDatabase}, for tests. */
export interface MigrateOptions {
  /** Maximum wait, in milliseconds, for a database that does not answer yet. Default: 30 s. */
  readonly timeoutMs?: number;
  /** Default: the migrations of this version. */
  readonly folder?: string;
}

/**
 * Migrates the schema, then builds missing indexes. Any number of replicas may call it at once: an advisory lock lets
 * one work while the others wait.
 * @throws DatabaseUnreachable when the database does not answer in time, or refuses the connection
 */
export const migrateDatabase = async (
  connection: pg.ClientConfig,
  { timeoutMs = CONNECT_TIMEOUT_MS, folder = FOLDER }: MigrateOptions = {},
): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  const client = await connectWithRetry(connection, deadline);
  try {
    const migrations = readMigrations(folder);
    await locked(connection, deadline, SCHEMA_LOCK, () => applyMigrations(client, migrations));
    const indexes = migrations.flatMap((migration) => migration.indexes);
    await locked(connection, deadline, INDEX_LOCK, () => buildIndexes(client, indexes, log));
  } finally {
    await client.end();
  }
};

const log = new Logger('Database');

/**
 * Does work under an advisory lock. An open transaction on a connection of its own holds it, because a pooler in
 * transaction mode has no sessions. Who waits asks again and again rather than in one statement: its snapshot would
 * hold up concurrent index builds.
 */
const locked = async (
  connection: pg.ClientConfig,
  deadline: number,
  key: string,
  work: () => Promise<void>,
): Promise<void> => {
  const holder = await connectWithRetry(connection, deadline);
  try {
    for (;;) {
      await holder.query('begin');
      // A server or role may end idle transactions.
      await holder.query('set local idle_in_transaction_session_timeout = 0');
      // Without a parameter: the portal of a query with one keeps its snapshot until the transaction ends, and index
      // builds would wait for it.
      const { rows } = await holder.query(`select pg_try_advisory_xact_lock(${key}) as granted`);
      if (rows[0]?.granted) break;
      await holder.query('rollback');
      await wait(RETRY_LOCK_MS);
    }
    await work();
    await holder.query('commit');
  } finally {
    // Closing the connection ends the transaction, and with it the lock.
    await holder.end();
  }
};
