import { randomFillSync } from 'node:crypto';

const POOLED = 512;

/** Bytes of a room's epoch. */
export const EPOCH_BYTES = 9;

/**
 * Makes texts of so many random bytes, as base64url. Their bytes are asked of the system for {@link POOLED} at once: a call
 * for each was one fortieth of what a newcomer costs.
 */
export const randomTexts = (bytes: number): (() => string) => {
  const pool = Buffer.alloc(POOLED * bytes);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += bytes;
    return pool.toString('base64url', used - bytes, used);
  };
};
