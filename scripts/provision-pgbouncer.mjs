import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { aptInstall, canAptInstall, runs } from './apt.mjs';
import { CommandFailed } from './run-command.mjs';

const INSTALL =
  'install pgbouncer (Debian, Ubuntu: apt-get install pgbouncer; macOS: brew install pgbouncer), or name one in PARLEY_PGBOUNCER';

const present = () => {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path) && runs(path));
};

/**
 * A real PgBouncer for the tests: PARLEY_PGBOUNCER, pgbouncer on the PATH, or Debian's package.
 * @returns {Promise<string>} its path
 * @throws {CommandFailed} with one line that says what to install
 */
export const findPgBouncer = async () => {
  const named = process.env.PARLEY_PGBOUNCER;
  if (named) {
    if (runs(named)) return named;
    throw new CommandFailed(`PARLEY_PGBOUNCER=${named} is not a PgBouncer that runs: ${INSTALL}`);
  }
  const found =
    present() ??
    (canAptInstall() ? await aptInstall('pgbouncer', 'pgbouncer').then(present, () => undefined) : undefined);
  if (found !== undefined) return found;
  throw new CommandFailed(`The database tests need PgBouncer: ${INSTALL}`);
};
