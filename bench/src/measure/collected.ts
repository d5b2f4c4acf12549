import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { programOf } from './heap.js';
import { residentOf } from './process-tree.js';

/**
 * What a server's Node is started with, so that {@link residentCollected} can ask it; a path may have spaces. V8's young
 * generation has up to 48 MiB after a storm, and keeps them for as long as there is some traffic, whoever is there:
 * here it has 3.
 */
export const COLLECTED = `--require=${JSON.stringify(join(import.meta.dirname, 'collector.cjs'))} --max-semi-space-size=1`;

/** What the first collection finalized is free after the next one. */
const COLLECTIONS = 2;
/** Node gives memory back some moments after a collection. */
const GIVEN_BACK_MS = 3_000;

/**
 * Resident memory of the servers after a collection, KiB. Without one it says more of when the last one was than
 * of what is there: the same relay had 0.9 and 7 KiB per socket.
 * @param roots of the process trees
 */
export const residentCollected = async (roots: readonly number[], waitMs = GIVEN_BACK_MS): Promise<number> => {
  for (let count = 0; count < COLLECTIONS; count += 1) {
    for (const root of roots) process.kill(programOf(root), 'SIGCONT');
    await wait(waitMs);
  }
  return residentOf(roots);
};
