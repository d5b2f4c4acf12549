import { describe, expect, it } from '@jest/globals';
import { fairShare } from './fair-share.js';

describe('a fair share', () => {
  it('is the upper bound while everything fits', () => {
    expect(fairShare([], 10, 7)).toBe(7);
    expect(fairShare([{ size: 5, groups: 2 }], 10, 7)).toBe(7);
  });

  it('takes from the largest only', () => {
    const sizes = [
      { size: 900, groups: 1 },
      { size: 10, groups: 5 },
      { size: 1, groups: 50 },
    ];
    expect(fairShare(sizes, 500, 1_000)).toBe(400);
    expect(fairShare(sizes, 500, 300)).toBe(300);
  });

  it('is the same for equals, and never lets all together exceed the maximum', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const sizes = [1, 2, 3, 4].map((n) => ({ size: ((seed * 7919 * n) % 97) + 1, groups: ((seed * n) % 5) + 1 }));
      const max = (seed * 31) % 700;
      const share = fairShare(sizes, max, 1_000);
      const kept = (limit: number) => sizes.reduce((sum, { size, groups }) => sum + Math.min(size, limit) * groups, 0);
      expect(kept(share)).toBeLessThanOrEqual(max);
      if (kept(1_000) > max) expect(kept(share + 1)).toBeGreaterThan(max);
    }
  });
});
