import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { CommandFailed, ROOT } from './run-command.mjs';

const TIMEOUT_MS = 60_000;

/**
 * Parses the output of `npm audit --json`: a line per vulnerable package.
 * @param {string} text
 * @returns {string[] | undefined} undefined if the registry did not answer
 */
export const faultsIn = (text) => {
  try {
    const { vulnerabilities } = JSON.parse(text);
    if (typeof vulnerabilities !== 'object') return undefined;
    return Object.values(vulnerabilities).map(({ name, severity, range }) => `${name} ${range}: ${severity}`);
  } catch {
    return undefined;
  }
};

/**
 * Fails if a package that ships has a known vulnerability. If the registry does not answer, it only prints
 * that, and does not fail.
 */
export const audit = () => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['audit', '--omit=dev', '--json'];
  const { stdout } = spawnSync(npm, args, { cwd: ROOT, encoding: 'utf8', timeout: TIMEOUT_MS });
  const faults = faultsIn(stdout);
  if (faults === undefined) console.log('audit: skipped, the registry does not answer');
  else if (faults.length > 0) throw new CommandFailed(`Packages that ship have known faults:\n${faults.join('\n')}`);
  else console.log('audit: no known vulnerabilities in packages that ship');
};
