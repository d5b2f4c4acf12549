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
  it('says how long until a number is there, and can be charged for what was done already', () => {
    const bucket = new TokenBucket(4, 2, 0);
    expect([bucket.missingMs(0, 4), bucket.missingMs(0, 100)]).toEqual([0, 0]);
    bucket.charge(0, 5);
    expect([bucket.missingMs(0), bucket.take(999), bucket.take(1_000)]).toEqual([1_000, false, true]);
  });

  it('never holds more than its burst', () => {
    const bucket = new TokenBucket(2, 100, 0);
    expect([1e6, 1e6, 1e6].map((now) => bucket.take(now))).toEqual([true, true, false]);
  });
});
