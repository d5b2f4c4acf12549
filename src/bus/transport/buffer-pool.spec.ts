import { expect, test } from '@jest/globals';
import { LARGEST_SPARE_BYTES, MOST_SPARES, SpareMemory } from './buffer-pool.js';

test('keeps so many buffers, and none that a peak left behind', () => {
  const spares = new SpareMemory();
  expect(spares.take()).toBeUndefined();
  spares.give(Buffer.alloc(LARGEST_SPARE_BYTES + 1));
  expect(spares.take()).toBeUndefined();
  for (let i = 0; i <= MOST_SPARES; i += 1) spares.give(Buffer.alloc(LARGEST_SPARE_BYTES));
  const kept = new Set(Array.from({ length: MOST_SPARES + 1 }, () => spares.take()));
  expect(kept.size).toBe(MOST_SPARES + 1);
  expect(kept.has(undefined)).toBe(true);
});
