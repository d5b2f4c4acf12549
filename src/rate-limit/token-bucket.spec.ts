import { describe, expect, it } from '@jest/globals';
import { TokenBucket } from './token-bucket.js';

describe('a token bucket', () => {
  it('gives its burst at once and then its rate', () => {
    const bucket = new TokenBucket(3, 2, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
    expect(bucket.waitMs()).toBe(500);
    expect(bucket.take(499)).toBe(false);
    expect(bucket.take(500)).toBe(true);
  });
  it('never holds more than its burst', () => {
    const bucket = new TokenBucket(2, 100, 0);
    expect([1e6, 1e6, 1e6].map((now) => bucket.take(now))).toEqual([true, true, false]);
  });
});
