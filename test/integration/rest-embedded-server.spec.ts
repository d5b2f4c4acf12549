import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isAlive } from '../../src/database/process-identity.js';
import { buildEmbeddedProgram, type EmbeddedProcess, type EmbeddedProgram } from '../support/embedded-server.js';

const isRoot = process.getuid?.() === 0;

/** A user without privileges or files. */
const ordinaryUser = () =>
  isRoot
    ? {
        uid: Number(execFileSync('id', ['-u', 'nobody'])),
        gid: Number(execFileSync('id', ['-g', 'nobody'])),
      }
    : undefined;

describe('the embedded PostgreSQL', () => {
  const folders: string[] = [];
  const running: EmbeddedProcess[] = [];
  let program: EmbeddedProgram;

  beforeAll(async () => {
    program = await buildEmbeddedProgram();
  });

  afterAll(async () => {
    for (const one of running) await one.stop();
    program?.remove();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  /** Mode 0700, like a clone in the home of root. */
  const closedFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-data-'));
    folders.push(folder);
    return folder;
  };

  const start = (dataDir: string, by = program, user?: { uid: number; gid: number }): EmbeddedProcess => {
    const one = by.start(dataDir, user);
    running.push(one);
    return one;
  };

  const ask = async <T extends pg.QueryResultRow>(connection: pg.ClientConfig, text: string): Promise<T[]> => {
    const client = new pg.Client(connection);
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(text)).rows;
    } finally {
      await client.end();
    }
  };

  /** Finds the database of a data directory. */
  const homeOf = (dataDir: string): string => {
    const id = join(dataDir, 'postgres-id');
    return isRoot && existsSync(id) ? join('/var/lib/parley', readFileSync(id, 'utf8').trim()) : dataDir;
  };

  const postmasterOf = async (connection: pg.ClientConfig): Promise<number> => {
    const [row] = await ask<{ text: string }>(connection, `select pg_read_file('postmaster.pid') as text`);
    return Number(row?.text.split('\n')[0]);
  };

  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('works in a folder that is closed to others, fsyncs, and listens on no network', async () => {
    const server = start(join(closedFolder(), 'data'));
    const connection = await server.ready;
    const [row] = await ask(
      connection,
      `select current_setting('listen_addresses') as addresses, current_setting('fsync') as fsync, lower('ÄÖ') as lower`,
    );
    expect(row).toEqual({ addresses: '', fsync: 'on', lower: 'äö' });
    expect(statSync(connection.host as string).mode & 0o777).toBe(0o700);
    expect(await server.stop()).toBe(0);
    await expect(ask(connection, 'select 1')).rejects.toThrow();
  });

  it('keeps its data across restarts, separately per data directory', async () => {
    const [dataDir, other] = [closedFolder(), closedFolder()];
    const first = start(dataDir);
    await ask(await first.ready, 'create table kept as select 7 as value');
    await first.stop();
    const [second, outsider] = [start(dataDir), start(other)];
    expect(await ask(await second.ready, 'select value from kept')).toEqual([{ value: 7 }]);
    await expect(ask(await outsider.ready, 'select value from kept')).rejects.toThrow('does not exist');
    await Promise.all([second.stop(), outsider.stop()]);
  });

  it('refuses a second process on one data directory, and names the first', async () => {
    const dataDir = closedFolder();
    const first = start(dataDir);
    const connection = await first.ready;
    const second = start(dataDir);
    await expect(second.ready).rejects.toThrow(
      new RegExp(`data directory ${dataDir} is in use by process ${first.process.pid} `),
    );
    expect(await second.ended).toBe(1);
    expect(await ask(connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    await first.stop();
  });

  it('accepts one of five processes that start at the same time', async () => {
    const dataDir = closedFolder();
    const all = Array.from({ length: 5 }, () => start(dataDir));
    const outcomes = await Promise.allSettled(all.map(({ ready }) => ready));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', ...Array(4).fill('rejected')]);
    await Promise.all(all.map((one) => one.stop()));
  });

  it('ends with a Parley that is killed, and the next start finds every row', async () => {
    const dataDir = closedFolder();
    const first = start(dataDir);
    const connection = await first.ready;
    await ask(connection, 'create table kept as select 7 as value');
    const postmaster = await postmasterOf(connection);
    first.process.kill('SIGKILL');
    await first.ended;
    const second = start(dataDir);
    expect(await ask(await second.ready, 'select value from kept')).toEqual([{ value: 7 }]);
    expect(isAlive(postmaster)).toBe(false);
    await second.stop();
  });

  it('leaves no process behind without a restart', async () => {
    const first = start(closedFolder());
    const postmaster = await postmasterOf(await first.ready);
    first.process.kill('SIGKILL');
    await first.ended;
    await until(() => !isAlive(postmaster));
  });

  it('is restarted when it dies alone', async () => {
    const server = start(closedFolder());
    const connection = await server.ready;
    const postmaster = await postmasterOf(connection);
    process.kill(postmaster, 'SIGKILL');
    await until(() =>
      postmasterOf(connection).then(
        (pid) => pid !== postmaster,
        () => false,
      ),
    );
    expect(await server.stop()).toBe(0);
  });

  it('works below a path that is too long for a socket', async () => {
    const dataDir = join(closedFolder(), 'x'.repeat(120));
    const server = start(dataDir);
    expect(await ask(await server.ready, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('starts after an interrupted first start, and cleans up', async () => {
    const dataDir = closedFolder();
    const first = start(dataDir);
    const unfinished = () => readdirSync(homeOf(dataDir)).filter((name) => name.startsWith('postgres.new-'));
    await until(() => existsSync(homeOf(dataDir)) && unfinished().length > 0);
    first.process.kill('SIGKILL');
    await first.ended;
    const second = start(dataDir);
    expect(await ask(await second.ready, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(unfinished()).toEqual([]);
    await second.stop();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('parley.lock'))).toEqual([]);
  });

  it('works for an ordinary user, even if npm refused the package’s install script', async () => {
    const [dataDir, long] = [join(closedFolder(), 'data'), join(closedFolder(), 'y'.repeat(120))];
    const user = ordinaryUser();
    for (const folder of [dataDir, long]) {
      mkdirSync(folder);
      if (user === undefined) continue;
      chownSync(join(folder, '..'), user.uid, user.gid);
      chownSync(folder, user.uid, user.gid);
    }
    const unlinked = await buildEmbeddedProgram('unlinked');
    const server = start(dataDir, unlinked, user);
    expect(await ask(await server.ready, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(dataDir, 'postgres', 'PG_VERSION'))).toBe(true);
    await server.stop();
    unlinked.remove();
    const elsewhere = start(long, program, user);
    expect(await ask(await elsewhere.ready, 'select 1 as one')).toEqual([{ one: 1 }]);
    await elsewhere.stop();
  });

  it('says what to do if there are no programs for this machine', async () => {
    const without = await buildEmbeddedProgram(false);
    const server = start(closedFolder(), without);
    await expect(server.ready).rejects.toThrow(/is not installed\. Set DATABASE_URL/);
    without.remove();
  });
});
