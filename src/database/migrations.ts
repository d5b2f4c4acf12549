import { setTimeout as wait } from 'node:timers/promises';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type pg from 'pg';
import { isLockedOut } from './database-errors.js';

/** Maximum wait for a table's lock: while a statement waits for one, every query on the table waits behind it. */
const LOCK_TIMEOUT_MS = 1_000;

/** How often a migration asks for its locks before the boot fails. */
const MAX_TRIES = 30;
const RETRY_MS = 1_000;

const CONCURRENT = /^\s*create\s+index\s+concurrently\s+"(\w+)"/im;
const IN_BATCHES = /^\s*--\s*parley:\s*in batches\s*$/im;

/** An index that is built while its table is in use. */
export interface ConcurrentIndex {
  readonly name: string;
  readonly sql: string;
}

/** One file of the migrations folder. */
interface Migration {
  /** Milliseconds since the Unix epoch, by which drizzle orders and records migrations. */
  readonly madeAt: number;
  readonly hash: string;
  /** Updates that are repeated until they change no row, each time in a transaction of its own. */
  readonly batches: readonly string[];
  /** Executed in one transaction, with the record that the migration was applied. */
  readonly statements: readonly string[];
  readonly indexes: readonly ConcurrentIndex[];
}

const LOCKED_OUT =
  'a migration waits for a table that other transactions keep locked; end those that are idle in pg_stat_activity, and start Parley again';

/** A migration did not get a lock on a table. */
export class MigrationLockedOut extends Error {
  override readonly name = 'MigrationLockedOut';
  /** Marks an error for operators: its message is enough. */
  readonly operator = true;
}

/** Reads the migrations, oldest first. */
export const readMigrations = (folder: string): Migration[] =>
  readMigrationFiles({ migrationsFolder: folder }).map(({ sql, folderMillis, hash }) => ({
    madeAt: folderMillis,
    hash,
    batches: sql.filter((statement) => IN_BATCHES.test(statement)),
    statements: sql.filter((statement) => !IN_BATCHES.test(statement) && !CONCURRENT.test(statement)),
    indexes: sql.flatMap((statement) => {
      const name = CONCURRENT.exec(statement)?.[1];
      return name === undefined ? [] : [{ name, sql: statement }];
    }),
  }));

/**
 * Applies the migrations that the database lacks. Reads and writes go on meanwhile: no statement waits for a table's
 * lock longer than {@link LOCK_TIMEOUT_MS}, and updates of many rows go in batches. Indexes are left to
 * `buildIndexes`.
 * @throws MigrationLockedOut when other transactions keep a table locked
 */
export const applyMigrations = async (client: pg.Client, migrations: readonly Migration[]): Promise<void> => {
  // Only when missing: IF NOT EXISTS still requires the right to create a schema.
  const { rows: found } = await client.query(
    "select to_regnamespace('drizzle') as schema, to_regclass('drizzle.__drizzle_migrations') as name",
  );
  if (found[0]?.schema === null) await client.query('create schema if not exists drizzle');
  if (found[0]?.name === null) {
    await client.query(
      'create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
    );
  }
  const { rows } = await client.query('select max(created_at) as newest from drizzle.__drizzle_migrations');
  const newest = Number(rows[0]?.newest ?? 0);
  for (const migration of migrations) if (migration.madeAt > newest) await applyOne(client, migration);
};

const applyOne = async (client: pg.Client, { batches, statements, hash, madeAt }: Migration): Promise<void> => {
  for (const batch of batches) {
    let changed: number | null = 1;
    while (changed !== 0) changed = await inTransaction(client, async () => (await client.query(batch)).rowCount);
  }
  await inTransaction(client, async () => {
    for (const statement of statements) await client.query(statement);
    await client.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [hash, madeAt]);
  });
};

/** Repeats a transaction that did not get a lock: meanwhile those who waited behind it have their turn. */
const inTransaction = async <T>(client: pg.Client, work: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.query('begin');
      await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      if (!isLockedOut(error)) throw error;
      if (tries === MAX_TRIES) throw new MigrationLockedOut(LOCKED_OUT, { cause: error });
      await wait(RETRY_MS);
    }
  }
};
