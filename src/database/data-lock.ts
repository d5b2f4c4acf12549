import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive, startOf } from './process-identity.js';

/** Another process uses the data directory. */
export class DataDirectoryBusy extends Error {
  override readonly name = 'DataDirectoryBusy';
  /** Marks an error for operators: its message is enough. */
  readonly operator = true;
}

interface Holder {
  readonly pid: number;
  readonly start: string | undefined;
  readonly host: string;
  /** Random: distinguishes this lock from every other. */
  readonly nonce: string;
}

/** Heartbeat interval of a lock, for processes on other machines. */
const BEAT_MS = 5_000;
const SILENCE_MS = 4 * BEAT_MS;
/** Within this time a process that removed this lock by mistake has put it back or taken it. */
const SETTLE_MS = 30;

/** An exclusive lock on a data directory: a file that names the process that holds it. */
export class DataLock {
  private constructor(
    private readonly path: string,
    private readonly text: string,
    private readonly beat: NodeJS.Timeout,
  ) {}

  /**
   * Takes the lock. The lock of a dead process is taken over.
   * @throws DataDirectoryBusy naming the process that holds it
   */
  static async take(folder: string): Promise<DataLock> {
    const path = join(folder, 'parley.lock');
    const holder: Holder = {
      pid: process.pid,
      start: startOf(process.pid),
      host: hostname(),
      nonce: randomBytes(12).toString('hex'),
    };
    const text = `${JSON.stringify(holder)}\n`;
    const own = `${path}.${holder.nonce}`;
    writeFileSync(own, text, { mode: 0o644, flag: 'wx' });
    try {
      for (let round = 0; round < 20; round += 1) {
        if (link(own, path)) {
          await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
          if (read(path) === text) return new DataLock(path, text, startBeat(path));
          continue;
        }
        const found = read(path);
        if (found === undefined) continue;
        refuseIfHeld(folder, path, found);
        removeStale(path, found, `${own}.stale`);
      }
      throw new DataDirectoryBusy(
        `${folder} is being locked by several processes at once; start them one after another`,
      );
    } finally {
      rmSync(own, { force: true });
    }
  }

  release(): void {
    clearInterval(this.beat);
    if (read(this.path) === this.text) rmSync(this.path, { force: true });
  }
}

const refuseIfHeld = (folder: string, path: string, text: string): void => {
  const holder = parse(text);
  if (holder === undefined) return;
  if (holder.host !== hostname()) {
    // The process is in another container or on another machine: only its heartbeat is visible.
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age >= SILENCE_MS) return;
  } else if (!isAlive(holder.pid) || startOf(holder.pid) !== holder.start) {
    return;
  }
  throw new DataDirectoryBusy(
    `the data directory ${folder} is in use by process ${holder.pid} on ${holder.host}. Stop it, or set another DATA_DIR (replicas share a database by DATABASE_URL)`,
  );
};

/** Removes exactly the lock that was found stale: another process may have replaced it since. */
const removeStale = (path: string, judged: string, aside: string): void => {
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (read(aside) !== judged) link(aside, path);
  rmSync(aside, { force: true });
};

const link = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const parse = (text: string): Holder | undefined => {
  try {
    const { pid, start, host, nonce } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === 'number' && typeof host === 'string' && typeof nonce === 'string'
      ? { pid, start, host, nonce }
      : undefined;
  } catch {
    return undefined;
  }
};

const startBeat = (path: string): NodeJS.Timeout =>
  setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch {
      // The directory is gone: its users will report that.
    }
  }, BEAT_MS).unref();
