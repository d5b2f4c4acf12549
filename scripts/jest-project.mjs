import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, runCommand } from './run-command.mjs';

/**
 * The kinds of test in the order they run: quick and narrow first. `needs` names what is put in place before;
 * `alone` runs one file after another, where nodes and browsers already use every core.
 */
export const PROJECTS = [
  { name: 'unit', needs: [], alone: false },
  { name: 'contract', needs: ['redis'], alone: false },
  { name: 'simulation', needs: [], alone: false },
  { name: 'protocol', needs: ['redis', 'python'], alone: false },
  { name: 'integration', needs: ['redis', 'coturn'], alone: false },
  { name: 'cluster', needs: ['redis'], alone: true },
  { name: 'faults', needs: ['redis'], alone: true },
  { name: 'manifests', needs: [], alone: false },
  { name: 'hostile', needs: ['redis'], alone: true },
  { name: 'browser', needs: ['redis', 'chromium', 'ip', 'coturn'], alone: true },
];

const OUTPUT = join(ROOT, 'test-output');
const workers = Math.max(2, Math.min(4, availableParallelism()));

/**
 * Runs one project of jest.config.js in a process of its own.
 * @param {{name: string, alone: boolean}} project
 * @param {readonly string[]} more further arguments for Jest, such as a path
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{passed: number, failed: number, error?: Error}>} the counts; `error` when Jest did not end well
 */
export const runJestProject = async ({ name, alone }, more, env) => {
  mkdirSync(OUTPUT, { recursive: true });
  const report = join(OUTPUT, `jest-${name}.json`);
  rmSync(report, { force: true });
  const error = await runCommand(
    `${name} tests`,
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      ...['--selectProjects', name, '--json', `--outputFile=${report}`],
      ...(alone ? ['--runInBand'] : [`--maxWorkers=${workers}`]),
      ...more,
    ],
    { env },
  ).then(
    () => undefined,
    (fault) => fault,
  );
  if (!existsSync(report)) return { passed: 0, failed: 0, error };
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that does not even load has no failed test, and is a failure all the same.
  return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites), error };
};
