import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { DataLock } from './data-lock.js';
import type { DatabaseSource } from './database-connection.js';
import { type SystemUser, systemUser } from './postgres-account.js';
import { findBinaries, NoEmbeddedPostgres } from './postgres-binaries.js';
import { initialise, PostgresProcess, type ServerLocation, stopLeftover } from './postgres-process.js';
import { ROOT_HOME, rootHome } from './root-home.js';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the final NUL included. */
const MAX_SOCKET_PATH = 103;
const SOCKET_NAME = '.s.PGSQL.5432';
/** Maximum start time: a server that was killed replays its log first. */
const START_MS = 120_000;

const SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '40',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
};

/** Receives a line when the server exits unexpectedly. */
export interface ServerLog {
  error(message: string): void;
}

/**
 * Starts an embedded PostgreSQL in a data directory, and restarts it when it exits, until `stop`.
 * It listens on a Unix socket in a folder of mode 0700 and on nothing else.
 * @param log receives a line when the server exits unexpectedly
 * @throws DataDirectoryBusy when another process uses the directory
 * @throws NoEmbeddedPostgres when there are no programs for this machine
 */
export const startEmbeddedPostgres = async (dataDir: string, log: ServerLog): Promise<DatabaseSource> => {
  const folder = resolve(dataDir);
  await mkdir(folder, { recursive: true });
  const locks = [await DataLock.take(folder)];
  const release = () => {
    for (const lock of locks.reverse()) lock.release();
  };
  try {
    const user = process.getuid?.() === 0 ? await systemUser() : undefined;
    const home = user === undefined ? folder : await rootHome(folder, user);
    // A copied data directory refers to the same data.
    if (home !== folder) locks.push(await DataLock.take(home));
    const socket = await socketFolder(home, user);
    const location = await prepare(home, user, socket);
    const server = new EmbeddedPostgres(location, connectionTo(socket), log);
    await server.start();
    return {
      connection: connectionTo(socket),
      stop: async () => {
        await server.stop();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
};

const connectionTo = (socket: string): pg.ClientConfig => ({
  host: socket,
  port: 5432,
  user: 'parley',
  database: 'postgres',
  // Prevents a password from the environment or ~/.pgpass, and a TLS request.
  password: '',
  ssl: false,
});

/** Supervises one server: restarts its process when it exits unexpectedly. */
class EmbeddedPostgres {
  private process: PostgresProcess | undefined;
  private restartTimer: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    private readonly location: ServerLocation,
    private readonly connection: pg.ClientConfig,
    private readonly log: ServerLog,
  ) {}

  async start(): Promise<void> {
    const child = this.launch();
    let output: string | undefined;
    void child.ended.then((last) => {
      output = last;
    });
    const deadline = Date.now() + START_MS;
    while (!(await answers(this.connection))) {
      if (output !== undefined) {
        this.stopping = true;
        clearTimeout(this.restartTimer);
        throw new NoEmbeddedPostgres(`the server did not start: ${output || 'it wrote no message'}`);
      }
      if (Date.now() > deadline) {
        await this.stop();
        throw new NoEmbeddedPostgres(`the server did not answer within ${START_MS / 1000} s`);
      }
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restartTimer);
    await this.process?.stop();
  }

  private launch(): PostgresProcess {
    const child = new PostgresProcess(this.location);
    this.process = child;
    void child.ended.then((output) => {
      if (this.stopping) return;
      this.log.error(`Embedded PostgreSQL exited unexpectedly; restarting it in 1 s: ${output}`);
      this.restartTimer = setTimeout(() => void this.relaunch(), 1_000);
    });
    return child;
  }

  private async relaunch(): Promise<void> {
    await stopLeftover(this.location.data);
    if (!this.stopping) this.launch();
  }
}

const answers = async (connection: pg.ClientConfig): Promise<boolean> => {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Prepares a start: finds the programs, stops a leftover server, and initializes the data on the first start. */
const prepare = async (home: string, user: SystemUser | undefined, socket: string): Promise<ServerLocation> => {
  const binaries = await findBinaries(user === undefined ? home : ROOT_HOME, user !== undefined);
  const data = join(home, 'postgres');
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: socket }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const location = { binaries, user, data, settings };
  await stopLeftover(data);
  for (const name of await readdir(home)) {
    // Left by an interrupted initdb, which may still be writing there: hence the retries.
    if (name.startsWith('postgres.new-'))
      await rm(join(home, name), { recursive: true, force: true, maxRetries: 30, retryDelay: 100 });
  }
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const fresh = `${data}.new-${randomBytes(4).toString('hex')}`;
    await initialise(location, fresh);
    await rename(fresh, data);
  }
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (version !== binaries.major) {
    throw new NoEmbeddedPostgres(
      `${data} was written by PostgreSQL ${version} and this is version ${binaries.major}; dump it with version ${version} and restore it`,
    );
  }
  return location;
};

/** Makes the folder of the socket: beside the data if the path is short enough, else in the temporary folder. */
const socketFolder = async (home: string, user: SystemUser | undefined): Promise<string> => {
  const near = join(home, 'run');
  const isShort = Buffer.byteLength(join(near, SOCKET_NAME)) <= MAX_SOCKET_PATH;
  const path = isShort
    ? near
    : join(tmpdir(), `parley-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(path);
  // Any user could have created a folder of this name first, and would own the socket.
  if (!isShort && uid !== process.getuid?.()) throw new NoEmbeddedPostgres(`${path} belongs to another user`);
  await chmod(path, 0o700);
  if (user !== undefined) await chown(path, user.uid, user.gid);
  return path;
};
