import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DATABASE, type Database } from '../../src/database/database.tokens.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { RoomsStore } from '../../src/rooms/rooms.store.js';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';
import { type RestApp, startRestApp } from '../support/rest-app.js';
import { SETTINGS } from './rest-suite/rest.suite.js';
import { problem, World } from './rest-suite/world.js';

const ROOMS = 20_000;
const SCOPE = { member: 'ada', granted: undefined };

const rowsOf = async (url: string, sql: string, values: unknown[] = []) => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
};

describe('a search of rooms', () => {
  let postgres: RunningPostgres;
  let external: string;
  const apps: RestApp[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    external = await postgres.createDatabase();
    apps.push(await startRestApp({ ...SETTINGS, DATABASE_URL: external, SEARCH_BURST: '5', SEARCHES_PER_MINUTE: '1' }));
    apps.push(await startRestApp(SETTINGS));
  }, 120_000);

  afterAll(async () => {
    for (const app of apps) await app.close();
    await postgres?.stop();
  });

  it.each([
    ['DATABASE_URL', 0],
    ['the embedded server', 1],
  ] as const)('uses an index on %s', async (_, n) => {
    const database = (apps[n] as RestApp).app.get<Database>(DATABASE);
    await database.execute(`insert into rooms (id, name, search_name, owner)
      select 'r' || n, md5(n::text), md5(n::text), 'grace' from generate_series(1, ${ROOMS}) as n`);
    await database.execute(`insert into rooms (id, name, search_name, owner)
      values ('found', 'A Needle here', 'a needle here', 'grace')`);
    await database.execute('analyze rooms');
    const list = new RoomsStore(database).list(SCOPE, 'NEEDLE', undefined, 50);
    const { sql, params } = (list as unknown as { toSQL(): { sql: string; params: unknown[] } }).toSQL();
    expect((await list).map(({ id }) => id)).toEqual(['found']);
    const { $client } = database as unknown as { $client: pg.Pool };
    const plan = await $client.query(`explain ${sql}`, params);
    expect(JSON.stringify(plan.rows)).toContain('Bitmap Index Scan on rooms_search_name');
  });

  it('has its own rate limit per user, which lists without a search do not use', async () => {
    const world = new World(() => apps[0] as RestApp);
    const [greedy, other] = [await world.account(), await world.account()];
    for (let n = 0; n < 5; n += 1) await world.as(greedy).get('/v1/rooms?search=needle').expect(200);
    const refused = await world.as(greedy).get('/v1/rooms?search=needle');
    expect(problem(refused)).toEqual({ status: 429, code: 'rate_limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await world.as(greedy).get('/v1/rooms').expect(200);
    await world.as(other).get('/v1/rooms?search=needle').expect(200);
  });

  it('works without the extension, and with the index once an administrator has added it', async () => {
    const url = await postgres.createDatabase();
    const limited = new URL(url);
    limited.username = 'limited';
    limited.password = 'limited';
    await rowsOf(url, "create role limited login password 'limited'");
    await rowsOf(url, 'create schema drizzle authorization limited; grant all on schema public to limited');
    const indexes = () => rowsOf(url, "select relname from pg_class where relname = 'rooms_search_name'");
    await migrateDatabase({ connectionString: limited.href });
    expect(await indexes()).toEqual([]);
    await rowsOf(url, 'create extension pg_trgm');
    await migrateDatabase({ connectionString: limited.href });
    expect(await indexes()).toHaveLength(1);
  });
});
