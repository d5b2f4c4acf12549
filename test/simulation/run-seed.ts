import { scheduleFaults } from './faults.js';
import type { Mutant } from './mutant.js';
import { type Outcome, Simulation } from './simulation.js';
import { playWorkload } from './workload.js';

/** Everything that a seed stands for: people, faults, and what comes of it. */
export const runSeed = (seed: number, mutant?: Mutant): Promise<Outcome> =>
  new Simulation(seed, [
    ...(mutant ? [mutant.apply] : []),
    playWorkload,
    (run) => scheduleFaults(run, mutant?.faults),
  ]).run();
