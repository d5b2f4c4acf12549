import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { runCommand } from './run-command.mjs';

/** Whether a program runs successfully with these arguments: Ubuntu's `chromium-browser` exists, but is no browser. */
export const runs = (program, args = ['--version']) =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;

/** The prefix of `apt-get`: empty for root, else `sudo -n`; undefined if sudo asks for a password. */
const asAdministrator = () => {
  if (process.getuid?.() === 0) return [];
  return runs('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
};

/** Whether `aptInstall` works here: on Debian or Ubuntu, as root or with sudo without a password. */
export const canAptInstall = () => runs('apt-get') && asAdministrator() !== undefined;

/**
 * Installs a package of the distribution.
 * @param {string} name
 * @param {string} [service] of the package, which is stopped because tests start their own
 */
export const aptInstall = async (name, service) => {
  const administrator = asAdministrator() ?? [];
  const run = (what, ...words) => {
    const [program, ...args] = [...administrator, ...words];
    return runCommand(what, program, args);
  };
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  console.log(`installing ${name} (apt-get) …`);
  await run('apt-get update', ...apt, 'update');
  await run(`apt-get install ${name}`, ...apt, 'install', '-y', '--no-install-recommends', name);
  if (service !== undefined && existsSync('/run/systemd/system')) {
    await run(`stopping ${service}`, 'systemctl', 'disable', '--now', service);
  }
};
