import type { Outcome } from '../test/simulation/simulation.js';

/** The outcome of a seed, as its process reports it. */
export type SeedOutcome = Omit<Outcome, 'events'> & { readonly events: number; readonly ms: number };

export const simulateSeeds: (
  seeds: Iterable<number>,
  options?: {
    readonly mutant?: string;
    readonly workers?: number;
    readonly until?: (outcome: SeedOutcome) => boolean;
  },
) => Promise<SeedOutcome[]>;
