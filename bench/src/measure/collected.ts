import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { programOf } from './heap.js';
import { residentOf } from './process-tree.js';

/** What a server is started with, so that {@link residentCollected} can ask it: NODE_OPTIONS. */
export const COLLECTOR = `--require=${join(import.meta.dirname, 'collector.cjs')}`;

/** Node gives memory back some moments after a collection. */
const GIVEN_BACK_MS = 3_000;

/**
 * Resident memory of the servers after a collection, KiB. Without one it says more of when the last one was than
 * of what is there: the same relay had 0.9 and 7 KiB a socket.
 * @param roots of the process trees
 */
export const residentCollected = async (roots: readonly number[], waitMs = GIVEN_BACK_MS): Promise<number> => {
  for (const root of roots) process.kill(programOf(root), 'SIGCONT');
  await wait(waitMs);
  return residentOf(roots);
};
