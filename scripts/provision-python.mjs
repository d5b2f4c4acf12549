import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { aptInstall, canAptInstall, runs } from './apt.mjs';
import { CommandFailed } from './run-command.mjs';

const INSTALL = 'install Python 3.9 or later, or name one in PARLEY_PYTHON';

const serves = (path) => runs(path, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']);

const onPath = () => {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, 'python3')).find((path) => existsSync(path) && serves(path));
};

/**
 * Python for the protocol client that is not in JavaScript: PARLEY_PYTHON, python3 on the PATH, or Debian's package.
 * @returns {Promise<string>} its path
 * @throws {CommandFailed} with one line that says what to install
 */
export const findPython = async () => {
  const named = process.env.PARLEY_PYTHON;
  if (named) {
    if (serves(named)) return named;
    throw new CommandFailed(`PARLEY_PYTHON=${named} is not Python 3.9 or later that runs: ${INSTALL}`);
  }
  const present = onPath();
  if (present !== undefined) return present;
  const installed = canAptInstall() ? await aptInstall('python3').then(onPath, () => undefined) : undefined;
  if (installed !== undefined) return installed;
  throw new CommandFailed(`The protocol tests need Python: ${INSTALL}`);
};
