import type { Run } from './run.js';

/** How long faults are injected for each seed. */
export const SECONDS = 30;

/**
 * The seeds of CI: at least two for each topology, and every seed that ever failed. Add the seed of each failure of
 * `npm run faults` here.
 */
export const SEEDS: readonly Required<Run>[] = [
  { seed: 8, topology: 'standalone' },
  { seed: 1_404_768_812, topology: 'standalone' },
  // A channel stayed subscribed after the last client had left.
  { seed: 7_101, topology: 'standalone' },
  { seed: 7_102, topology: 'standalone' },
  { seed: 1_785_114_797, topology: 'standalone' },
  // Rosters were not updated after the master had changed and changed back.
  { seed: 7_103, topology: 'sentinel' },
  { seed: 243_017_299, topology: 'sentinel' },
  { seed: 5, topology: 'cluster' },
  { seed: 3_002, topology: 'cluster' },
  // A session ended in the turn of its first join, and its signals were sent with the next peer id.
  { seed: 1_984_156_085, topology: 'cluster' },
  { seed: 1_984_156_106, topology: 'cluster' },
  // A node that was notified late of a kick removed the user, who had been admitted again.
  { seed: 1_984_156_086, topology: 'standalone' },
];
