import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * Runs seeds of test/simulation in their own processes, because virtual time replaces the timers of a whole process.
 * @param {Iterable<number>} seeds
 * @param {{mutant?: string, workers?: number, until?: (outcome: object) => boolean}} [options] `until`: true ends it
 * early
 * @returns {Promise<object[]>} the outcome of each seed, without its events
 */
export const simulateSeeds = async (seeds, { mutant, workers = availableParallelism(), until = () => false } = {}) => {
  const waiting = [...seeds].reverse();
  const outcomes = [];
  let over = false;
  const next = () => (over ? undefined : waiting.pop());
  const work = () =>
    new Promise((resolve, reject) => {
      const seed = next();
      if (seed === undefined) return resolve();
      const child = fork(fileURLToPath(import.meta.url), { execArgv: ['--no-warnings'] });
      child.once('error', reject);
      let running = seed;
      child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`seed ${running} ended with ${code}`))));
      child.on('message', (outcome) => {
        outcomes.push(outcome);
        over ||= until(outcome);
        const more = next();
        if (more === undefined) return child.disconnect();
        running = more;
        child.send({ seed: more, mutant });
      });
      child.send({ seed, mutant });
    });
  await Promise.all(Array.from({ length: workers }, work));
  return outcomes;
};

/** Runs the seeds that the parent process sends. */
const serve = async () => {
  await import('./typescript.mjs');
  const { runSeed } = await import('../test/simulation/run-seed.ts');
  const { MUTANTS } = await import('../test/simulation/mutants.ts');
  process.on('message', async ({ seed, mutant }) => {
    const begun = process.hrtime.bigint();
    const { events, ...outcome } = await runSeed(
      seed,
      MUTANTS.find(({ name }) => name === mutant),
    );
    process.send({ ...outcome, events: events.length, ms: Number(process.hrtime.bigint() - begun) / 1e6 });
  });
};

if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) await serve();
