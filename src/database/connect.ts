import { setTimeout as wait } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { isDatabaseLost, isStartupParameterRefused } from './database-errors.js';
import { messageOf } from './database-fault.js';

const RETRY_MS = 250;

/** The database is unavailable when Parley starts. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable';
  /** Marks an error for operators: its message is enough. */
  readonly operator = true;
}

const log = new Logger('Database');

/**
 * Connects to a database that may still be starting.
 * @param deadline of the last attempt, milliseconds since the Unix epoch
 * @throws DatabaseUnreachable when the database does not answer in time, or refuses the connection
 */
export const connectWithRetry = async (connection: pg.ClientConfig, deadline: number): Promise<pg.Client> => {
  for (let tries = 1; ; tries += 1) {
    const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000, application_name: 'parley-migrate' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      const reason = messageOf(error);
      if (!isDatabaseLost(error) || isStartupParameterRefused(error) || Date.now() >= deadline)
        throw new DatabaseUnreachable(`cannot connect to the database: ${reason}`, { cause: error });
      if (tries === 1) {
        const seconds = Math.round((deadline - Date.now()) / 1_000);
        log.warn(`Database unavailable at start; retrying for up to ${seconds} s: ${reason}`);
      }
      await wait(RETRY_MS);
    }
  }
};

/**
 * Whether the server takes a statement timeout as a parameter of the connection. PgBouncer refuses the connection
 * instead, unless its `ignore_startup_parameters` names it.
 * @param parameters such as `{ statement_timeout: 5000 }`
 * @throws DatabaseUnreachable
 */
export const takesStartupParameters = async (
  connection: pg.ClientConfig,
  parameters: pg.ClientConfig,
  deadline: number,
): Promise<boolean> => {
  try {
    await (await connectWithRetry({ ...connection, ...parameters }, deadline)).end();
    return true;
  } catch (error) {
    if (isStartupParameterRefused(error)) return false;
    throw error;
  }
};
