import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { aptInstall, canAptInstall, runs } from './apt.mjs';
import { CommandFailed } from './run-command.mjs';

const INSTALL =
  'install coturn (Debian, Ubuntu: apt-get install coturn; macOS: brew install coturn), or name one in PARLEY_TURNSERVER';

const serves = (path) => runs(path, ['--version']);

const onPath = () => {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, 'turnserver')).find((path) => existsSync(path) && serves(path));
};

/**
 * A real coturn for the tests of relayed calls: PARLEY_TURNSERVER, turnserver on the PATH, or Debian's package.
 * @returns {Promise<string>} its path
 * @throws {CommandFailed} with one line that says what to install
 */
export const findCoturn = async () => {
  const named = process.env.PARLEY_TURNSERVER;
  if (named) {
    if (serves(named)) return named;
    throw new CommandFailed(`PARLEY_TURNSERVER=${named} is not a coturn that runs: ${INSTALL}`);
  }
  const present = onPath();
  if (present !== undefined) return present;
  const installed = canAptInstall() ? await aptInstall('coturn', 'coturn').then(onPath, () => undefined) : undefined;
  if (installed !== undefined) return installed;
  throw new CommandFailed(`The TURN tests need coturn: ${INSTALL}`);
};
