import { randomFillSync } from 'node:crypto';

const POOLED = 512;

/** Random bytes in a room's epoch. */
export const EPOCH_BYTES = 9;

/**
 * Makes a generator of random texts of `bytes` bytes in base64url. Random bytes are read for {@link POOLED} texts at
 * once: a system call per text is measurable per connection (docs/performance.md).
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
