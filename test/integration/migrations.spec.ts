import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrateDatabase } from '../../src/database/migrate.js';
import { readMigrations } from '../../src/database/migrations.js';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';
import { until } from '../support/until.js';

const FOLDER = join(import.meta.dirname, '../../src/database/migrations');
const JOURNAL = 'meta/_journal.json';

interface Journal {
  entries: { tag: string }[];
}

const journalOf = (folder: string) => JSON.parse(readFileSync(join(folder, JOURNAL), 'utf8')) as Journal;
const TAGS = journalOf(FOLDER).entries.map(({ tag }) => tag);
const INDEXES = readMigrations(FOLDER).flatMap(({ indexes }) => indexes);

/** One write to each table that every version has and that clients write to. */
const WRITES = [
  `insert into rooms (id, name, search_name, owner) values (gen_random_uuid(), 'a', 'a', 'ada')`,
  `update rooms set last_seq = last_seq + 1 where id = 'granted'`,
  `insert into messages (room, seq, user_id, name, peer, client_id, text) select id, last_seq, 'ada', 'Ada', 'p', gen_random_uuid(), 'hi' from rooms where id = 'granted'`,
  `insert into refresh_tokens (hash, family, subject, expires_at) values (gen_random_uuid(), 'a', 'ada', now())`,
];
const TO_AUDIT = `insert into audit (action) values ('test')`;

describe('a migration of a database in use', () => {
  const folders: string[] = [];
  const clients: pg.Client[] = [];
  let postgres: RunningPostgres;
  let url: string;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end();
  });

  afterAll(async () => {
    await postgres?.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const connect = async (more: pg.ClientConfig = {}): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url, ...more });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };

  /** The migrations of an older version: those before this one. */
  const before = (tag: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-migrations-'));
    folders.push(folder);
    cpSync(FOLDER, folder, { recursive: true });
    const journal = journalOf(folder);
    const entries = journal.entries.slice(0, TAGS.indexOf(tag));
    writeFileSync(join(folder, JOURNAL), JSON.stringify({ ...journal, entries }));
    return folder;
  };

  const migrate = (folder = FOLDER) => migrateDatabase({ connectionString: url }, { folder });

  const databaseBefore = async (tag: string): Promise<pg.Client> => {
    url = await postgres.createDatabase();
    await migrate(before(tag));
    const client = await connect();
    for (const [id, owner] of [
      ['owned', "'ada'"],
      ['granted', 'null'],
    ]) {
      await client.query(
        `insert into rooms (id, name, search_name, owner, guests_allowed) values ('${id}', 'a', 'a', ${owner}, true)`,
      );
    }
    return client;
  };

  const invalid = async (client: pg.Client) =>
    (await client.query('select indexrelid::regclass::text as name from pg_index where not indisvalid')).rows;

  const isBlocked = async (client: pg.Client) =>
    (
      await client.query(
        `select from pg_stat_activity where datname = current_database()
           and application_name = 'parley-migrate' and wait_event_type = 'Lock'`,
      )
    ).rows.length > 0;

  it.each(TAGS.slice(1))('%s does not block writes while it waits for a transaction', async (tag) => {
    const client = await databaseBefore(tag);
    const { rows } = await client.query("select to_regclass('audit') as audit");
    const writes = rows[0].audit === null ? WRITES : [...WRITES, TO_AUDIT];
    const open = await connect();
    await open.query('begin');
    for (const write of writes) await open.query(write.replace("'granted'", "'owned'"));
    const migration = migrate();
    await until(() => isBlocked(client));
    // Bounded, because a write that waits for the migration would wait for the open transaction, and that for the test.
    const writer = await connect({ statement_timeout: 10_000 });
    for (const write of writes) expect((await writer.query(write)).rowCount).toBe(1);
    await open.query('commit');
    await migration;
    expect(await invalid(client)).toEqual([]);
    const { rows: found } = await client.query(
      'select count(*)::int as indexes from pg_class where relname = any($1)',
      [INDEXES.map(({ name }) => name)],
    );
    expect(found).toEqual([{ indexes: INDEXES.length }]);
  });

  it('rebuilds an index that an interrupted build left invalid', async () => {
    const client = await databaseBefore('0002_room_endings');
    const open = await connect();
    await open.query('begin');
    await open.query(WRITES[2] as string);
    const build = await connect({ statement_timeout: 200 });
    const messagesAt = INDEXES.find(({ name }) => name === 'messages_at')?.sql as string;
    await expect(build.query(messagesAt)).rejects.toMatchObject({ code: '57014' });
    expect(await invalid(client)).toEqual([{ name: 'messages_at' }]);
    await open.query('commit');
    await migrate();
    expect(await invalid(client)).toEqual([]);
  });

  it('awaits a build that the server completes after its process died', async () => {
    const client = await databaseBefore('0002_room_endings');
    await migrate();
    await client.query('drop index messages_at');
    const open = await connect();
    await open.query('begin');
    await open.query(WRITES[2] as string);
    const build = await connect({ application_name: 'parley-migrate' });
    const messagesAt = INDEXES.find(({ name }) => name === 'messages_at')?.sql as string;
    const died = expect(build.query(messagesAt)).rejects.toThrow();
    const oid = async () => (await client.query("select 'messages_at'::regclass::oid as oid")).rows[0].oid;
    await until(() => isBlocked(client));
    const started = await oid();
    (build as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await died;
    const migration = migrate();
    await until(
      async () =>
        (
          await client.query(
            `select from pg_stat_activity where datname = current_database() and query like '%pg_stat_progress%'
               and application_name = 'parley-migrate'`,
          )
        ).rows.length > 0,
    );
    await open.query('commit');
    await migration;
    expect(await oid()).toBe(started);
    expect(await invalid(client)).toEqual([]);
  });
});
