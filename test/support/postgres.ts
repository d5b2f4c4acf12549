import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { systemUser } from '../../src/database/postgres-account.js';
import { findBinaries } from '../../src/database/postgres-binaries.js';
import { PostgresProcess, type ServerLocation } from '../../src/database/postgres-process.js';
import { freePort } from './free-port.js';

/** A PostgreSQL server on a loopback port, with a password. */
export interface RunningPostgres {
  /** Creates an empty database. @returns its URL */
  createDatabase(): Promise<string>;
  /** Stops the server, which then refuses connections. */
  pause(): Promise<void>;
  /** Restarts it on the same port. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a server from the programs of the npm package, so nothing has to be installed.
 * @param disk the folder of its data
 */
export const startPostgres = async (disk = tmpdir()): Promise<RunningPostgres> => {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? await systemUser() : undefined;
  const folder = mkdtempSync(join(disk, 'parley-postgres-'));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const binaries = await findBinaries(isRoot ? '/var/lib/parley' : folder, isRoot);
  const data = join(folder, 'data');
  const password = randomBytes(12).toString('hex');
  const port = await freePort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`, '-c', 'unix_socket_directories='];
  const location: ServerLocation = { binaries, user, data, settings: [...settings, '-c', 'fsync=off'] };

  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  chmodSync(passwordFile, 0o644);
  const flags = ['-U', 'parley', '-E', 'UTF8', '--locale=C', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  await promisify(execFile)(join(binaries.root, 'bin', 'initdb'), ['-D', data, '--no-sync', ...flags], {
    cwd: '/',
    env: { PATH: process.env.PATH, LD_LIBRARY_PATH: join(binaries.root, 'lib') },
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });

  const urlOf = (database: string) => `postgresql://parley:${password}@127.0.0.1:${port}/${database}`;
  let server = new PostgresProcess(location);
  await untilAnswers(urlOf('postgres'), server);
  return {
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`;
      const client = new pg.Client(urlOf('postgres'));
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return urlOf(name);
    },
    pause: () => server.stop(),
    async resume() {
      server = new PostgresProcess(location);
      await untilAnswers(urlOf('postgres'), server);
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const untilAnswers = async (url: string, server: PostgresProcess): Promise<void> => {
  let ended: string | undefined;
  void server.ended.then((words) => {
    ended = words;
  });
  for (;;) {
    const client = new pg.Client(url);
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (ended !== undefined) throw new Error(`PostgreSQL ended: ${ended}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
};
