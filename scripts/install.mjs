import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNpm } from './run-command.mjs';

const packagesOf = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {});

/**
 * Whether node_modules matches package-lock.json. It is compared with npm's own record of the tree, which npm
 * writes last, so that an interrupted install is noticed.
 */
export const isInstalled = (root = ROOT) => {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, { version, link, optional, devOptional }]) => {
    if (!path.includes('node_modules/')) return true;
    const found = present[path];
    // Packages for other platforms are in the lock file, but not installed.
    if (found === undefined) return optional === true || devOptional === true;
    return link === true || found.version === version;
  });
};

/** Installs the locked packages if they are missing, with development packages under any NODE_ENV. */
export const install = async () => {
  if (isInstalled()) return;
  console.log('installing packages (npm ci) …');
  await runNpm('npm ci', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']);
};
