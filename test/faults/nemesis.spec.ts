import { describe, expect, it } from '@jest/globals';
import { judge } from './judge.js';
import { runNemesis } from './nemesis.js';
import { planFaults } from './plan.js';
import { SECONDS, SEEDS } from './seeds.js';

/** Concurrent runs. A run mostly waits, so three take a third of the time even on two cores. */
const MAX_PARALLEL = 3;

/** Starts each run when a slot is free, and passes its outcome to the test of its seed. */
const inParallel = <Item, Outcome>(items: readonly Item[], work: (item: Item) => Promise<Outcome>) => {
  const queues = Array.from({ length: MAX_PARALLEL }, () => Promise.resolve<unknown>(undefined));
  return items.map((item, i) => {
    const outcome = (queues[i % MAX_PARALLEL] as Promise<unknown>).then(() => work(item));
    queues[i % MAX_PARALLEL] = outcome.catch(() => {});
    outcome.catch(() => {});
    return outcome;
  });
};

describe('faults by a seed', () => {
  let outcomes: ReturnType<typeof runNemesis>[] | undefined;

  it.each(SEEDS.map((run, index) => ({ ...run, index })))(
    '$seed on $topology: every invariant holds, and the system recovers',
    async ({ seed, index }) => {
      outcomes ??= inParallel(SEEDS, ({ seed, topology }) => runNemesis(seed, SECONDS, { topology }));
      const run = await (outcomes[index] as ReturnType<typeof runNemesis>);
      const { violations } = judge(run);
      expect({ seed, troubles: run.troubles, violations }).toEqual({ seed, troubles: [], violations: [] });
      expect(run.history.filter(({ kind }) => kind === 'out').length).toBeGreaterThan(100);
    },
    600_000,
  );

  it('are the same for the same seed', () => {
    expect(planFaults(5, 60, 'standalone')).toEqual(planFaults(5, 60, 'standalone'));
    expect(planFaults(5, 60, 'standalone')).not.toEqual(planFaults(6, 60, 'standalone'));
  });

  it('cover every topology at least twice', () => {
    const count = (topology: string) => SEEDS.filter((run) => run.topology === topology).length;
    expect(['standalone', 'sentinel', 'cluster'].map(count).every((seeds) => seeds >= 2)).toBe(true);
  });
});
