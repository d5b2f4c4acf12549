import { expect, test } from '@jest/globals';
import { BufferPool, MAX_POOLED, MAX_POOLED_BYTES } from './buffer-pool.js';

test('keeps a limited number of buffers, and none above the maximum size', () => {
  const pool = new BufferPool();
  expect(pool.acquire()).toBeUndefined();
  pool.release(Buffer.alloc(MAX_POOLED_BYTES + 1));
  expect(pool.acquire()).toBeUndefined();
  for (let i = 0; i <= MAX_POOLED; i += 1) pool.release(Buffer.alloc(MAX_POOLED_BYTES));
  const stored = new Set(Array.from({ length: MAX_POOLED + 1 }, () => pool.acquire()));
  expect(stored.size).toBe(MAX_POOLED + 1);
  expect(stored.has(undefined)).toBe(true);
});
