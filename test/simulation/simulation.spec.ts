import process from 'node:process';
import { describe, expect, it } from '@jest/globals';
import { simulateSeeds } from '../../scripts/simulate-seeds.mjs';
import { currentCommit, FAILED_SEEDS, FIRST_SEED_SETTING, firstSeed } from './seeds.js';

const COUNT = 1_000;
const MINUTES = 60_000;

const first = firstSeed(process.env[FIRST_SEED_SETTING], currentCommit());
const repeat = `npm run simulate -- --from ${first.seed} --seeds ${COUNT}`;

/** What is wrong, each with the command that shows it again. */
const faultsOf = async (seeds: readonly number[]) => {
  const outcomes = await simulateSeeds(seeds);
  expect(outcomes).toHaveLength(seeds.length);
  expect(outcomes.reduce((sum, { counts }) => sum + counts.delivered, 0)).toBeGreaterThan(seeds.length * 100);
  return outcomes.flatMap(({ seed, violations, errors }) => {
    const again = `npm run simulate -- --seed ${seed}`;
    return [...violations.map(({ invariant, message }) => `${invariant} ${message}`), ...errors].map(
      (fault) => `${again}: ${fault}`,
    );
  });
};

describe('the service in virtual time, with faults', () => {
  it(
    'keeps all its promises in runs that once failed',
    async () => {
      expect(await faultsOf(FAILED_SEEDS)).toEqual([]);
    },
    10 * MINUTES,
  );

  // Virtual time: what fails here fails each time, so there is no second run that could end better.
  it(
    `keeps them in ${COUNT} runs of ${first.origin}: ${repeat}`,
    async () => {
      process.stdout.write(`simulation of ${first.origin}: ${repeat}\n`);
      expect(await faultsOf(Array.from({ length: COUNT }, (_, index) => first.seed + index))).toEqual([]);
    },
    20 * MINUTES,
  );

  it(
    'repeats a run exactly',
    async () => {
      const [once, again] = [await simulateSeeds([7]), await simulateSeeds([7])];
      expect(once.map(({ ms: _ms, ...outcome }) => outcome)).toEqual(again.map(({ ms: _ms, ...outcome }) => outcome));
    },
    MINUTES,
  );
});
