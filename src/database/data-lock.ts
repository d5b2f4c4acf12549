import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive, startOf } from './process-identity.js';

/** Another process works in the data directory. */
export class DataDirectoryBusy extends Error {
  override readonly name = 'DataDirectoryBusy';
  /** For whoever starts Parley: the message says it all. */
  readonly operator = true;
}

interface Holder {
  readonly pid: number;
  readonly start: string | undefined;
  readonly host: string;
  /** Random: tells this lock from every other. */
  readonly nonce: string;
}

/** How often a holder shows that it lives, for those who cannot see its process. */
const BEAT_MS = 5_000;
const SILENCE_MS = 4 * BEAT_MS;
/** Within this time whoever stole this lock by mistake has given it back or taken it. */
const SETTLE_MS = 30;

/** One process's hold of a data directory: a file that names it. */
export class DataLock {
  private constructor(
    private readonly path: string,
    private readonly text: string,
    private readonly beat: NodeJS.Timeout,
  ) {}

  /**
   * Takes the lock. One that a process left behind by dying is taken over.
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
      throw new DataDirectoryBusy(`${folder} is being taken by several processes at once`);
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
    // Its process is in another container or on another machine: only its beat can be seen.
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age >= SILENCE_MS) return;
  } else if (!isAlive(holder.pid) || startOf(holder.pid) !== holder.start) {
    return;
  }
  throw new DataDirectoryBusy(
    `the data directory ${folder} is in use by process ${holder.pid} on ${holder.host}: stop it, or give this one a DATA_DIR of its own (several replicas share a database by DATABASE_URL)`,
  );
};

/** Removes exactly the lock that was judged stale: another process may have put its own there meanwhile. */
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
      // The directory is gone: whatever is done in it fails louder than a beat.
    }
  }, BEAT_MS).unref();
