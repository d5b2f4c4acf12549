import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNpm } from './run-command.mjs';

const packagesOf = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {});

/**
 * Whether node_modules holds what package-lock.json asks for. npm's own record of the tree is compared, which it
 * writes last: a broken-off install is seen, and one made by hand is accepted.
 */
export const isInstalled = (root = ROOT) => {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(([path, { version, link, optional, devOptional }]) => {
    if (!path.includes('node_modules/')) return true;
    const found = present[path];
    // Packages for another platform are in the lock and rightly not on the disk.
    if (found === undefined) return optional === true || devOptional === true;
    return link === true || found.version === version;
  });
};

/** Installs the locked packages when they are not there. Development packages come along under any NODE_ENV. */
export const install = async () => {
  if (isInstalled()) return;
  console.log('installing packages (npm ci) …');
  await runNpm('npm ci', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']);
};
