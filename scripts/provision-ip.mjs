import { existsSync } from 'node:fs';
import { aptInstall, canAptInstall } from './apt.mjs';
import { CommandFailed } from './run-command.mjs';

const PATHS = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip'];
const present = () => PATHS.find((path) => existsSync(path));

/**
 * The `ip` of iproute2: a browser test makes a network namespace to change its address during a call. Linux only.
 * @returns {Promise<string>} its path
 * @throws {CommandFailed} with one line that says what to install
 */
export const findIp = async () => {
  const found =
    present() ?? (canAptInstall() ? await aptInstall('iproute2').then(present, () => undefined) : undefined);
  if (found !== undefined) return found;
  throw new CommandFailed('The browser tests need a network of their own: install iproute2, and be root or have sudo');
};
