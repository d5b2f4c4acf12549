import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { BoundedPool } from '../../src/database/bounded-pool.js';
import { DatabaseConnection } from '../../src/database/database-connection.js';
import { isDatabaseLost, isUnanswered } from '../../src/database/database-errors.js';
import { databaseOver } from '../../src/database/transactions.js';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';

/** More than the connections of the pool. */
const MANY = 12;

describe('a transaction', () => {
  let postgres: RunningPostgres;
  let url: string;
  let connection: DatabaseConnection;

  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.createDatabase();
  });

  beforeEach(() => {
    connection = new DatabaseConnection({ connection: { connectionString: url }, stop: async () => undefined });
  });

  // Waits for every connection that was not returned to the pool.
  afterEach(() => connection.onApplicationShutdown());

  afterAll(() => postgres?.stop());

  it('that loses its connection between two statements fails alone', async () => {
    const after = connection.database.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      await postgres.pause();
      await tx.execute(sql`select 2`);
    });
    expect(isDatabaseLost(await after.catch((error) => error))).toBe(true);
    await postgres.resume();
    await connection.ping();
  });

  it('that cannot begin returns its connection', async () => {
    const transactions = Array.from({ length: MANY }, () =>
      connection.database.transaction(async () => 'begun', { isolationLevel: 'no such level' as 'serializable' }),
    );
    const outcomes = await Promise.allSettled(transactions);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(MANY).fill('rejected'));
    await connection.ping();
  });

  it('that fails by a statement timeout, or by an error of its own, keeps a usable connection', async () => {
    const pidOf = async () => {
      const { rows } = await connection.database.execute(sql`select pg_backend_pid() as pid`);
      return rows[0]?.['pid'];
    };
    const before = await pidOf();
    const late = connection.database.transaction(async (tx) => {
      await tx.execute(sql`set local statement_timeout = 10`);
      await tx.execute(sql`select pg_sleep(60)`);
    });
    expect(isDatabaseLost(await late.catch((error) => error))).toBe(true);
    const own = connection.database.transaction(async () => {
      throw new Error('refused');
    });
    await expect(own).rejects.toThrow('refused');
    expect(await pidOf()).toBe(before);
  });

  it('whose statement is abandoned does not delay the next one', async () => {
    const pool = new BoundedPool({ connectionString: url, max: 1, query_timeout: 200 }, 10);
    try {
      const database = databaseOver(pool);
      const late = database.transaction((tx) => tx.execute(sql`select pg_sleep(60)`));
      expect(isUnanswered(await late.catch((error) => error))).toBe(true);
      const { rows } = await database.transaction((tx) => tx.execute(sql`select 1 as one`));
      expect(rows).toEqual([{ one: 1 }]);
    } finally {
      await pool.end();
    }
  });

  it('is committed on success, and rolled back on failure', async () => {
    const { database } = connection;
    await database.execute(sql`create table things (name text)`);
    await database.transaction((tx) => tx.execute(sql`insert into things values ('kept')`));
    const refused = database.transaction(async (tx) => {
      await tx.execute(sql`insert into things values ('undone')`);
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    const { rows } = await database.execute(sql`select name from things`);
    expect(rows).toEqual([{ name: 'kept' }]);
  });
});
