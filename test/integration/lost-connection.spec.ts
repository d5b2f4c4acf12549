import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { DatabaseConnection } from '../../src/database/database-connection.js';
import { isDatabaseLost } from '../../src/database/database-errors.js';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';

/** More than the pool has connections. */
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

  // It waits for every connection that is not given back.
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

  it('that cannot begin gives its connection back', async () => {
    const transactions = Array.from({ length: MANY }, () =>
      connection.database.transaction(async () => 'begun', { isolationLevel: 'no such level' as 'serializable' }),
    );
    const outcomes = await Promise.allSettled(transactions);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(MANY).fill('rejected'));
    await connection.ping();
  });

  it('is kept when it ends well, and undone when it does not', async () => {
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
