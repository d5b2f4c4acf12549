import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findPgBouncer } from '../../scripts/provision-pgbouncer.mjs';
import { systemUser } from '../../src/database/postgres-account.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

/** A real PgBouncer on loopback in transaction mode, otherwise with its default settings. */
export interface PgBouncer {
  /** URL of the same database through the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * @param url of the database
 * @param settings further lines of `[pgbouncer]`
 * @param entry further settings of the database's line in `[databases]`
 */
export const startPgBouncer = async (url: string, settings: readonly string[] = [], entry = ''): Promise<PgBouncer> => {
  const program = await findPgBouncer();
  const { username, password, hostname, port, pathname } = new URL(url);
  const folder = mkdtempSync(join(tmpdir(), 'parley-pgbouncer-'));
  // PgBouncer refuses to run as root.
  const user = process.getuid?.() === 0 ? await systemUser() : undefined;
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const own = await freePort();
  const pooled = new URL(url);
  pooled.port = String(own);
  writeFileSync(join(folder, 'users'), `"${username}" "${password}"\n`, { mode: 0o644 });
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `${pathname.slice(1)} = host=${hostname} port=${port} ${entry}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1\nlisten_port = ${own}\nunix_socket_dir =`,
      `auth_type = scram-sha-256\nauth_file = ${folder}/users`,
      'pool_mode = transaction',
      ...settings,
      '',
    ].join('\n'),
  );
  const child = spawn(program, [join(folder, 'pgbouncer.ini')], {
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  let printed = '';
  child.stderr.on('data', (text: Buffer) => (printed = (printed + text).slice(-100_000)));
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`PgBouncer ended at its start:\n${printed}`);
      return listens(pooled.href);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: pooled.href, stop };
};

const listens = async (url: string): Promise<boolean> => {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  return client
    .connect()
    .then(
      () => true,
      () => false,
    )
    .finally(() => client.end().catch(() => undefined));
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
};
