import { describe, expect, it } from '@jest/globals';
import { simulateSeeds } from '../../scripts/simulate-seeds.mjs';
import { FAILED_SEEDS } from './seeds.js';

const FIXED = 1_000;
const FRESH = 500;
const MINUTES = 60_000;

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);

/** What is wrong, as `npm run simulate -- --seed K` shows it again. */
const faultsOf = async (seeds: readonly number[]) => {
  const outcomes = await simulateSeeds(seeds);
  expect(outcomes).toHaveLength(seeds.length);
  expect(outcomes.reduce((sum, { counts }) => sum + counts.delivered, 0)).toBeGreaterThan(seeds.length * 100);
  return outcomes.flatMap(({ seed, violations, errors }) => [
    ...violations.map(({ invariant, message }) => `seed ${seed}: ${invariant} ${message}`),
    ...errors.map((error) => `seed ${seed}: ${error}`),
  ]);
};

describe('the service in virtual time, with faults', () => {
  it(
    'keeps all its promises in runs that once failed',
    async () => {
      expect(await faultsOf(FAILED_SEEDS)).toEqual([]);
    },
    10 * MINUTES,
  );

  it(
    'keeps all its promises in known runs',
    async () => {
      expect(await faultsOf(range(1, FIXED))).toEqual([]);
    },
    10 * MINUTES,
  );

  it(
    'keeps them in runs that nobody has seen',
    async () => {
      expect(await faultsOf(range(1_000_000 + (Date.now() % 1_000_000_000), FRESH))).toEqual([]);
    },
    10 * MINUTES,
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
