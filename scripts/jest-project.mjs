import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, runCommand } from './run-command.mjs';

/**
 * The kinds of tests in the order of execution: quick and narrow ones first. `needs` names programs to provide;
 * `files`: concurrent files, for tests that start their own nodes and browsers and mostly wait; one for tests that
 * measure. `again`: a file that fails is run once more, for tests with real processes on a shared machine; the log
 * shows both.
 */
export const PROJECTS = [
  { name: 'unit', needs: [] },
  { name: 'contract', needs: ['redis'], again: true },
  { name: 'simulation', needs: [] },
  { name: 'protocol', needs: ['redis', 'python'], again: true },
  { name: 'integration', needs: ['redis', 'pgbouncer', 'nginx'], again: true },
  { name: 'cluster', needs: ['redis'], files: 2, again: true },
  { name: 'faults', needs: ['redis'], files: 2, again: true },
  { name: 'manifests', needs: [] },
  { name: 'hostile', needs: ['redis', 'coturn'], files: 2, again: true },
  { name: 'bench', needs: ['redis'], files: 1, again: true },
  { name: 'browser', needs: ['redis', 'chromium', 'ip', 'coturn'], files: 2, again: true },
];

const OUTPUT = join(ROOT, 'test-output');
/** Maximum duration of a project; beyond it, it has hung. */
const MAX_MINUTES = 25;
/** Maximum time from Jest's report to its end. */
const ENDING_MS = 30_000;
const workers = Math.max(2, Math.min(4, availableParallelism()));

/**
 * Ensures that Jest ends. If it hangs, it fails; if it has written its report and is kept alive by something that a
 * test left open, that is reported and Jest is ended: its results are complete.
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
  const timers = [setTimeout(() => kill(`not done within ${MAX_MINUTES} minutes`), MAX_MINUTES * 60_000)];
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

/** Runs Jest in its own process. @returns its report; undefined if it wrote none */
const runJest = async ({ name, files: atATime = workers }, more, env) => {
  const report = join(OUTPUT, `jest-${name}.json`);
  rmSync(report, { force: true });
  let bounds;
  const error = await runCommand(
    `${name} tests`,
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      'node_modules/jest/bin/jest.js',
      ...['--selectProjects', name, '--json', `--outputFile=${report}`],
      ...(atATime === 1 ? ['--runInBand'] : [`--maxWorkers=${atATime}`]),
      ...more,
    ],
    { env, tied: true, started: (child) => (bounds = bound(child, name, report)) },
  ).then(
    () => undefined,
    (fault) => fault,
  );
  if (!existsSync(report)) return { error, files: [] };
  const { success, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const files = testResults.map(({ name: path, status, assertionResults }) => {
    const count = (wanted) => assertionResults.filter((result) => result.status === wanted).length;
    // A file that cannot be loaded has no failed test, but is a failure.
    return { path, passed: count('passed'), failed: Math.max(count('failed'), status === 'failed' ? 1 : 0) };
  });
  return { error: bounds?.endedAfterReport && success ? undefined : error, files };
};

/** Failures that depend on a seed are not repeated: a second run proves nothing. */
const BY_SEEDS = /nemesis|[/\\]test[/\\](fuzz|simulation)[/\\]/;
/** Maximum failed files to repeat; if more fail, the machine is not the cause. */
const MAX_AGAIN = 3;

const sum = (files) => ({
  passed: files.reduce((total, { passed }) => total + passed, 0),
  failed: files.reduce((total, { failed }) => total + failed, 0),
});

/**
 * Runs one project of jest.config.js.
 * @param {{name: string, files?: number, again?: boolean}} project
 * @param {readonly string[]} more further arguments for Jest, such as a path
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{passed: number, failed: number, again: readonly string[], error?: Error}>} the counts; `again`:
 * the files that failed at first; `error` if Jest failed
 */
export const runJestProject = async (project, more, env) => {
  mkdirSync(OUTPUT, { recursive: true });
  const first = await runJest(project, more, env);
  const failed = first.files.filter((file) => file.failed > 0).map(({ path }) => path);
  const mayRunAgain = project.again && failed.length <= MAX_AGAIN && !failed.some((path) => BY_SEEDS.test(path));
  if (first.error === undefined || failed.length === 0 || !mayRunAgain) {
    return { ...sum(first.files), again: [], error: first.error };
  }
  console.error(`\n━━ ${project.name} tests that failed, once more: ${failed.join(', ')}`);
  const second = await runJest(project, ['--runTestsByPath', ...failed], env);
  return {
    ...sum([...first.files.filter(({ path }) => !failed.includes(path)), ...second.files]),
    again: failed,
    error: second.error,
  };
};
