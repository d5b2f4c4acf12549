import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { ConcurrentIndex } from './migrations.js';

/** How often to look whether a build of an earlier process has ended. */
const POLL_MS = 500;

/** Receives one line per index that is built. */
export interface IndexLog {
  log(message: string): void;
  warn(message: string): void;
}

/** The extension that an operator class of an index belongs to. */
const TRIGRAMS = /\bgin_trgm_ops\b/;

const NO_TRIGRAMS =
  'Room search has no index, so it reads every room: this database user may not add the extension pg_trgm. Run CREATE EXTENSION pg_trgm as an administrator; the next start builds the index.';

/**
 * Builds the indexes that are missing, one after another, while their tables are read and written. What an
 * interrupted build left behind is dropped and built again; a build of a process that died, which the server
 * completes by itself, is awaited.
 *
 * CREATE INDEX CONCURRENTLY waits for every transaction with an older snapshot: no other process may wait for this
 * one in a statement meanwhile.
 */
export const buildIndexes = async (
  client: pg.Client,
  indexes: readonly ConcurrentIndex[],
  log: IndexLog,
): Promise<void> => {
  for (const index of indexes) {
    while ((await stateOf(client, index.name)) === 'building') await wait(POLL_MS);
    const state = await stateOf(client, index.name);
    if (state === 'valid') continue;
    if (TRIGRAMS.test(index.sql) && !(await hasTrigrams(client, log))) continue;
    if (state === 'invalid') await client.query(`drop index concurrently if exists "${index.name}"`);
    log.log(`Building index ${index.name}; its table stays in use.`);
    await client.query(index.sql);
  }
};

/** Adds the extension if it is missing. PostgreSQL lets the owner of a database do so. */
const hasTrigrams = async (client: pg.Client, log: IndexLog): Promise<boolean> => {
  const isThere = async () =>
    (await client.query("select from pg_opclass where opcname = 'gin_trgm_ops' and pg_opclass_is_visible(oid)")).rows
      .length > 0;
  if (await isThere()) return true;
  const reason = await client.query('create extension if not exists pg_trgm').then(
    () => 'it is not in the search_path',
    (error: Error) => error.message,
  );
  if (await isThere()) return true;
  log.warn(`${NO_TRIGRAMS} (${reason})`);
  return false;
};

const stateOf = async (client: pg.Client, name: string): Promise<'missing' | 'valid' | 'invalid' | 'building'> => {
  const { rows } = await client.query(
    `select indisvalid as valid,
        exists (select from pg_stat_progress_create_index where index_relid = indexrelid) as building
      from pg_index where indexrelid = to_regclass(quote_ident($1))`,
    [name],
  );
  const [row] = rows as { valid: boolean; building: boolean }[];
  if (row === undefined) return 'missing';
  if (row.valid) return 'valid';
  return row.building ? 'building' : 'invalid';
};
