import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { DataDirectoryBusy, DataLock } from './data-lock.js';
import type { SystemUser } from './postgres-account.js';
import { NoEmbeddedPostgres } from './postgres-binaries.js';

/** Folder of programs and data when Parley runs as root: the server's user may not reach Parley's own folder. */
export const ROOT_HOME = '/var/lib/parley';

const ID = /^[0-9a-f]{16}$/;
/** File in each home that names its data directory, for people and for {@link removeTemporary}. */
const OWNER = 'data-directory';

/**
 * Finds or makes the folder below {@link ROOT_HOME} of a data directory. A file in the directory names the folder, so
 * a moved directory has the same data, and a recreated one has none.
 */
export const rootHome = async (dataDir: string, { uid, gid }: SystemUser): Promise<string> => {
  const file = join(dataDir, 'postgres-id');
  const fresh = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(fresh, `${randomBytes(8).toString('hex')}\n`, { flag: 'wx' });
  await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(fresh);
  const id = (await readFile(file, 'utf8')).trim();
  if (!ID.test(id)) throw new NoEmbeddedPostgres(`${file} does not hold 16 hexadecimal digits`);
  const home = join(ROOT_HOME, id);
  await mkdir(home, { recursive: true });
  await chmod(ROOT_HOME, 0o755);
  await chown(home, uid, gid);
  await chmod(home, 0o700);
  await writeFile(join(home, OWNER), `${dataDir}\n`);
  await removeTemporary();
  return home;
};

/**
 * Removes the homes of deleted data directories in the temporary folder. A directory that is missing elsewhere may be
 * on a disk that is not mounted: its data is never removed.
 */
const removeTemporary = async (): Promise<void> => {
  const temporary = `${resolve(tmpdir())}${sep}`;
  for (const name of await readdir(ROOT_HOME)) {
    const home = join(ROOT_HOME, name);
    if (!ID.test(name)) continue;
    const owner = (await readFile(join(home, OWNER), 'utf8').catch(() => '')).trim();
    if (!owner.startsWith(temporary) || existsSync(owner)) continue;
    try {
      const lock = await DataLock.take(home);
      await rm(home, { recursive: true, force: true });
      lock.release();
    } catch (error) {
      // Its process still runs, or another process is removing it.
      if (!(error instanceof DataDirectoryBusy) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
};
