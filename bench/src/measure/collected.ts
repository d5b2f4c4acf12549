import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { programOf } from './heap.js';
import { residentOf } from './process-tree.js';

/**
 * NODE_OPTIONS of a server, for {@link residentCollected}; a path may have spaces. The young
 * generation of V8 grows to 48 MiB in a storm, and keeps them as long as there is traffic:
 * here it is limited to 3.
 */
export const COLLECTED = `--require=${JSON.stringify(join(import.meta.dirname, 'collector.cjs'))} --max-semi-space-size=1`;

/** Objects with finalizers are freed by the second collection. */
const COLLECTIONS = 2;
/** Node returns memory to the system some time after a collection. */
const GIVEN_BACK_MS = 3_000;

/**
 * Measures the resident memory of the servers after a garbage collection, KiB. Without one, it depends on
 * the time of the last collection: the same relay had 0.9 and 7 KiB per socket.
 * @param roots of the process trees
 */
export const residentCollected = async (roots: readonly number[], waitMs = GIVEN_BACK_MS): Promise<number> => {
  for (let count = 0; count < COLLECTIONS; count += 1) {
    for (const root of roots) process.kill(programOf(root), 'SIGCONT');
    await wait(waitMs);
  }
  return residentOf(roots);
};
