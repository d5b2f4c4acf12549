import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { BoundedPool } from './bounded-pool.js';
import type { Database } from './database.tokens.js';
import { isUnanswered } from './database-errors.js';
import * as schema from './schema.js';

/**
 * The query layer over a pool, with transactions that always release their connection. Drizzle's own leak it when
 * `begin` fails (drizzle-orm#6114), and return one to the pool that still waits for an answer.
 */
export const databaseOver = (pool: BoundedPool): Database => {
  const database = drizzle(pool, { schema });
  const ofOne = new WeakMap<pg.PoolClient, Database>();
  const on = (client: pg.PoolClient): Database => {
    const known = ofOne.get(client) ?? drizzle(client, { schema });
    ofOne.set(client, known);
    return known;
  };
  database.transaction = async (act, config) => {
    let client: pg.PoolClient | undefined;
    let isUsable = true;
    try {
      client = await pool.connect();
      const result = await on(client).transaction(act, config);
      pool.report();
      return result;
    } catch (error) {
      isUsable = !isUnanswered(error);
      pool.report(error);
      throw error;
    } finally {
      // The pool itself discards a broken connection.
      client?.release(!isUsable);
    }
  };
  return database;
};
