import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DatabaseConnection } from '../../src/database/database-connection.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';
import { type RestApp, startRestApp } from '../support/rest-app.js';
import { until } from '../support/until.js';
import { restSuite, SETTINGS } from './rest-suite/rest.suite.js';
import { World } from './rest-suite/world.js';

describe('REST through PgBouncer in transaction mode', () => {
  let postgres: RunningPostgres;
  let bouncer: PgBouncer;
  let rest: RestApp;

  beforeAll(async () => {
    postgres = await startPostgres();
    // Fewer server connections than Parley's, so that each statement may run on another one.
    bouncer = await startPgBouncer(await postgres.createDatabase(), ['default_pool_size = 8']);
    rest = await startRestApp({ ...SETTINGS, DATABASE_URL: bouncer.url });
  });

  afterAll(async () => {
    await rest?.close();
    await bouncer?.stop();
    await postgres?.stop();
  });

  restSuite(new World(() => rest));

  it('logs that the database is unavailable, and that it is available again', async () => {
    const connection = rest.app.get(DatabaseConnection);
    await connection.ping();
    expect(connection.fault).toBeUndefined();
    await postgres.pause();
    await expect(connection.ping()).rejects.toThrow();
    expect(['unreachable', 'timeout', 'starting_or_stopping']).toContain(connection.fault);
    await postgres.resume();
    await until(() =>
      connection.ping().then(
        () => true,
        () => false,
      ),
    );
    expect(connection.fault).toBeUndefined();
  });
});

describe('PgBouncer in transaction mode', () => {
  let postgres: RunningPostgres;
  const bouncers: PgBouncer[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(async () => {
    for (const bouncer of bouncers) await bouncer.stop();
    await postgres?.stop();
  });

  const pooled = async (...how: Parameters<typeof startPgBouncer>) => {
    const bouncer = await startPgBouncer(...how);
    bouncers.push(bouncer);
    return bouncer.url;
  };

  it('is migrated once by ten replicas that start together', async () => {
    const direct = await postgres.createDatabase();
    const url = await pooled(direct);
    await Promise.all(Array.from({ length: 10 }, () => migrateDatabase({ connectionString: url })));
    const client = new pg.Client(direct);
    await client.connect();
    const { rows } = await client.query('select hash from drizzle.__drizzle_migrations');
    await client.end();
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map(({ hash }) => hash)).size).toBe(rows.length);
  });

  it('is migrated over DATABASE_DIRECT_URL where the pooler does not allow it', async () => {
    const direct = await postgres.createDatabase();
    const url = await pooled(direct, [], "connect_query='set default_transaction_read_only = on'");
    await expect(migrateDatabase({ connectionString: url }, { timeoutMs: 0 })).rejects.toMatchObject({ code: '25006' });
    const rest = await startRestApp({ ...SETTINGS, DATABASE_URL: url, DATABASE_DIRECT_URL: direct });
    await rest.app.get(DatabaseConnection).ping();
    await rest.close();
  });

  it('that refuses the password ends the start with a reason', async () => {
    const wrong = new URL(await pooled(await postgres.createDatabase()));
    wrong.password = 'not-the-password';
    await expect(migrateDatabase({ connectionString: wrong.href }, { timeoutMs: 0 })).rejects.toMatchObject({
      operator: true,
      message: expect.stringMatching(/authentication failed/i),
    });
  });
});
