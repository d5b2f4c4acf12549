import type { Run } from './run.js';

/** How long faults are injected for each of them. */
export const SECONDS = 30;

/**
 * What CI asks each time: at least two seeds for each topology, and every seed that ever failed. A failure that one of
 * `npm run faults` finds is added here.
 */
export const SEEDS: readonly Required<Run>[] = [
  { seed: 8, topology: 'standalone' },
  { seed: 1_404_768_812, topology: 'standalone' },
  // A channel stayed subscribed when nobody was there any more.
  { seed: 7_101, topology: 'standalone' },
  { seed: 7_102, topology: 'standalone' },
  { seed: 1_785_114_797, topology: 'standalone' },
  // Rosters were blind after the master had changed and changed back.
  { seed: 7_103, topology: 'sentinel' },
  { seed: 243_017_299, topology: 'sentinel' },
  { seed: 5, topology: 'cluster' },
  { seed: 3_002, topology: 'cluster' },
  // A session ended in the turn of its first join: its signals left under the next peer id.
  { seed: 1_984_156_085, topology: 'cluster' },
  { seed: 1_984_156_106, topology: 'cluster' },
  // A node that heard of a kick late removed the user, who had been let in again.
  { seed: 1_984_156_086, topology: 'standalone' },
];
