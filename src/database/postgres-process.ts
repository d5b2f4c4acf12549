import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SystemUser } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { commandOf, isAlive } from './process-identity.js';

/** Where one server has everything. */
export interface ServerLocation {
  readonly binaries: PostgresBinaries;
  /** Undefined: the user of this process. */
  readonly user: SystemUser | undefined;
  readonly data: string;
  /** Arguments of `postgres` besides `-D`. */
  readonly settings: readonly string[];
}

/**
 * The shell between Parley and the server. Its standard input is a pipe whose other end Parley holds: however
 * Parley ends, the pipe closes and the server shuts down. Signals to a whole group or service are for Parley,
 * which stops the server last.
 */
const WATCHDOG = `
trap '' INT TERM HUP
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r _ <&3; kill -INT "$server"; } 2>/dev/null &
watcher=$!
exec 3<&-
wait "$server"
status=$?
kill -KILL "$watcher" 2>/dev/null
exit "$status"
`;

const LAST_WORDS = 4_096;

/** One life of a `postgres` process. */
export class PostgresProcess {
  /** Resolves with what it said last, when it has ended. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;

  constructor(private readonly location: ServerLocation) {
    const program = join(location.binaries.root, 'bin', 'postgres');
    this.child = spawn(
      '/bin/sh',
      ['-c', WATCHDOG, 'parley-postgres', program, '-D', location.data, ...location.settings],
      {
        ...surroundings(location),
        // A session of its own: Ctrl-C in a terminal is for Parley.
        detached: true,
        stdio: ['pipe', 'ignore', 'pipe'],
      },
    );
    // A write to a shell that has ended is not news.
    this.child.stdin?.on('error', () => undefined);
    let words = '';
    this.child.stderr?.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-LAST_WORDS);
    });
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('exit', () => resolve(words.trim()));
    });
  }

  /** A fast shutdown: open transactions are rolled back, everything else is kept. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    if (await endsWithin(this.ended, 15_000)) return;
    await stopLeftover(this.location.data);
    await this.ended;
  }
}

/** Makes an empty cluster; it gets its final name only when it is whole. */
export const initialise = async (location: ServerLocation, data: string): Promise<void> => {
  const flags = ['-U', 'parley', '-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // The socket's folder lets nobody else in, and nothing listens on a network.
  const access = ['--auth-local=trust', '--auth-host=reject'];
  await promisify(execFile)(
    join(location.binaries.root, 'bin', 'initdb'),
    ['-D', data, ...flags, ...access, '--no-instructions'],
    surroundings(location),
  );
};

/** Ends a server that its Parley could not take along, and waits until it has. */
export const stopLeftover = async (data: string): Promise<void> => {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  for (const [signal, ms] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    // Another program may have been given the same id since.
    if (!isAlive(pid) || !(commandOf(pid) ?? '').includes(`postgres -D ${data}`)) return;
    process.kill(pid, signal);
    const deadline = Date.now() + ms;
    while (isAlive(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const surroundings = ({ binaries, user }: ServerLocation) => {
  const libraries = join(binaries.root, 'lib');
  return {
    // The working directory of Parley may be closed to the server's user.
    cwd: '/',
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      LC_ALL: 'C',
      LD_LIBRARY_PATH: libraries,
      DYLD_LIBRARY_PATH: libraries,
    },
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  };
};

const endsWithin = async (ended: Promise<unknown>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
};
