import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SystemUser } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { commandOf, isAlive } from './process-identity.js';

/** Programs, data and settings of a server. */
export interface ServerLocation {
  readonly binaries: PostgresBinaries;
  /** Undefined: the user of this process. */
  readonly user: SystemUser | undefined;
  readonly data: string;
  /** Arguments of `postgres` besides `-D`. */
  readonly settings: readonly string[];
}

/**
 * The shell that supervises the server. Its standard input is a pipe from Parley: however Parley ends, the pipe closes
 * and the server shuts down. Signals to the process group are ignored: Parley handles them and stops the server last.
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

const MAX_OUTPUT = 4_096;

/** One run of a `postgres` process. */
export class PostgresProcess {
  /** Resolves when the process ends, with the end of its error output. */
  readonly ended: Promise<string>;
  private readonly child: ChildProcess;

  constructor(private readonly location: ServerLocation) {
    const program = join(location.binaries.root, 'bin', 'postgres');
    this.child = spawn(
      '/bin/sh',
      ['-c', WATCHDOG, 'parley-postgres', program, '-D', location.data, ...location.settings],
      {
        ...surroundings(location),
        // Its own session: Ctrl-C in a terminal must reach Parley only.
        detached: true,
        stdio: ['pipe', 'ignore', 'pipe'],
      },
    );
    // Writing to a shell that has ended is expected.
    this.child.stdin?.on('error', () => undefined);
    let output = '';
    this.child.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-MAX_OUTPUT);
    });
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('exit', () => resolve(output.trim()));
    });
  }

  /** Stops the server with a fast shutdown: open transactions are rolled back. */
  async stop(): Promise<void> {
    this.child.stdin?.end();
    if (await endsWithin(this.ended, 15_000)) return;
    await stopLeftover(this.location.data);
    await this.ended;
  }
}

/** Initializes an empty database cluster. Callers rename it to its final name when it is complete. */
export const initialise = async (location: ServerLocation, data: string): Promise<void> => {
  const flags = ['-U', 'parley', '-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // Only this user can open the socket's folder, and nothing listens on a network.
  const access = ['--auth-local=trust', '--auth-host=reject'];
  await promisify(execFile)(
    join(location.binaries.root, 'bin', 'initdb'),
    ['-D', data, ...flags, ...access, '--no-instructions'],
    surroundings(location),
  );
};

/** Stops a server that outlived its Parley process, and waits until it has ended. */
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
    // The process id may have been reused.
    if (!isAlive(pid) || !(commandOf(pid) ?? '').includes(`postgres -D ${data}`)) return;
    process.kill(pid, signal);
    const deadline = Date.now() + ms;
    while (isAlive(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const surroundings = ({ binaries, user }: ServerLocation) => {
  const libraries = join(binaries.root, 'lib');
  return {
    // The server's user may not have access to Parley's working directory.
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
