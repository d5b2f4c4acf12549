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
  { name: 'integration', needs: ['redis'], alone: false },
  { name: 'cluster', needs: ['redis'], alone: true },
  { name: 'faults', needs: ['redis'], alone: true },
  { name: 'manifests', needs: [], alone: false },
  { name: 'hostile', needs: ['redis', 'coturn'], alone: true },
  { name: 'bench', needs: ['redis'], alone: true },
  { name: 'browser', needs: ['redis', 'chromium', 'ip', 'coturn'], alone: true },
];

const OUTPUT = join(ROOT, 'test-output');
/** A project that takes longer hangs: better said than waited for. */
const MOST_MINUTES = 25;
/** What Jest may take to end once its report is written. */
const ENDING_MS = 30_000;
const workers = Math.max(2, Math.min(4, availableParallelism()));

/**
 * Sees to it that Jest ends. One that hangs fails; one that has written its report, and is kept by something that a
 * test left open, is told of and ended: its results are whole.
 */
const bound = (child, name, report) => {
  const bounds = { endedAfterReport: false };
  const kill = (why) => {
    console.error(`\n${name} tests: ${why}`);
    child.kill('SIGKILL');
  };
  const afterReport = () => {
    bounds.endedAfterReport = true;
    kill('all ran and reported, but something that a test left open kept the process; it was ended');
  };
  const timers = [setTimeout(() => kill(`not done within ${MOST_MINUTES} minutes`), MOST_MINUTES * 60_000)];
  const watch = setInterval(() => {
    if (!existsSync(report)) return;
    clearInterval(watch);
    timers.push(setTimeout(afterReport, ENDING_MS).unref());
  }, 1_000);
  timers.push(watch);
  for (const timer of timers) timer.unref();
  child.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
  return bounds;
};

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
  let bounds;
  let error = await runCommand(
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
    { env, started: (child) => (bounds = bound(child, name, report)) },
  ).then(
    () => undefined,
    (fault) => fault,
  );
  if (!existsSync(report)) return { passed: 0, failed: 0, error };
  const { success, numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  if (bounds?.endedAfterReport && success) error = undefined;
  // A file that does not even load has no failed test, and is a failure all the same.
  return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites), error };
};
