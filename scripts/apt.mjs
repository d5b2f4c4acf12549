import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { runCommand } from './run-command.mjs';

/** Whether a program starts and ends well with these arguments: Ubuntu's `chromium-browser` is there, and is none. */
export const runs = (program, args = ['--version']) =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;

/** The words before `apt-get` for an administrator: none as root, `sudo -n` without a password; undefined: there is no way. */
const asAdministrator = () => {
  if (process.getuid?.() === 0) return [];
  return runs('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
};

/** Whether `aptInstall` can work here: Debian or Ubuntu, as root or with sudo that asks for no password. */
export const canAptInstall = () => runs('apt-get') && asAdministrator() !== undefined;

/** Installs a package of the distribution. */
export const aptInstall = async (name) => {
  const [program, ...args] = [...(asAdministrator() ?? []), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  console.log(`installing ${name} (apt-get) …`);
  await runCommand('apt-get update', program, [...args, 'update']);
  await runCommand(`apt-get install ${name}`, program, [...args, 'install', '-y', '--no-install-recommends', name]);
};
