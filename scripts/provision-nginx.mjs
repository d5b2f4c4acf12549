import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { aptInstall, canAptInstall, runs } from './apt.mjs';
import { CommandFailed } from './run-command.mjs';

const INSTALL =
  'install nginx (Debian, Ubuntu: apt-get install nginx-light; macOS: brew install nginx), or name one in PARLEY_NGINX';

const present = () => {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'nginx')).find((path) => existsSync(path) && runs(path, ['-v']));
};

/**
 * A real nginx for the tests of the sample configuration: PARLEY_NGINX, nginx on the PATH, or Debian's package.
 * @returns {Promise<string>} its path
 * @throws {CommandFailed} with one line that says what to install
 */
export const findNginx = async () => {
  const named = process.env.PARLEY_NGINX;
  if (named) {
    if (runs(named, ['-v'])) return named;
    throw new CommandFailed(`PARLEY_NGINX=${named} is not an nginx that runs: ${INSTALL}`);
  }
  const found =
    present() ??
    (canAptInstall() ? await aptInstall('nginx-light', 'nginx').then(present, () => undefined) : undefined);
  if (found !== undefined) return found;
  throw new CommandFailed(`The tests of docker/nginx.conf need nginx: ${INSTALL}`);
};
