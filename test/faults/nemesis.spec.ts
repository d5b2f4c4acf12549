import { describe, expect, it } from '@jest/globals';
import { judge } from './judge.js';
import { runNemesis } from './nemesis.js';
import { planFaults } from './plan.js';

const SECONDS = 10;

/** Standalone, and with Sentinels. Fresh ones are drawn by `npm run faults`. */
const SEEDS = [8, 11, 1_404_768_812];

describe('faults by a seed', () => {
  it.each(SEEDS)(
    '%d: every invariant holds, and all comes right again',
    async (seed) => {
      const run = await runNemesis(seed, SECONDS);
      const { violations } = judge(run);
      expect({ seed, troubles: run.troubles, violations }).toEqual({ seed, troubles: [], violations: [] });
      expect(run.history.filter(({ kind }) => kind === 'out').length).toBeGreaterThan(100);
    },
    240_000,
  );

  it('are the same ones again with the same seed', () => {
    expect(planFaults(5, 60, 'standalone')).toEqual(planFaults(5, 60, 'standalone'));
    expect(planFaults(5, 60, 'standalone')).not.toEqual(planFaults(6, 60, 'standalone'));
  });
});
