import { expect, it } from '@jest/globals';
import { RoomRateLimit } from './room-rate-limit.js';

const refused = (take: () => void): unknown => {
  try {
    take();
    return undefined;
  } catch (error) {
    const { code, details } = error as { code: string; details: object };
    return { code, ...details };
  }
};

it('charges a room for each of its peers, for any sender, and says when to retry', () => {
  const limiter = new RoomRateLimit({ burst: 10, perSecond: 10 }, 0);
  limiter.take(4, 0);
  limiter.take(4, 0);
  expect(refused(() => limiter.take(4, 0))).toEqual({ code: 'rate_limited', retryAfterMs: 200 });
  expect(refused(() => limiter.take(4, 200))).toBeUndefined();
});

it('charges a large frame as many of 4 KiB', () => {
  const limiter = new RoomRateLimit({ burst: 10, perSecond: 10 }, 0);
  limiter.take(2, 0, 16 * 1024);
  expect(refused(() => limiter.take(2, 0, 4 * 1024 + 1))).toEqual({ code: 'rate_limited', retryAfterMs: 200 });
  limiter.take(2, 0, 4 * 1024);
});

it('a room that is larger than its burst is not shut up', () => {
  const limiter = new RoomRateLimit({ burst: 10, perSecond: 10 }, 0);
  limiter.take(1_000, 0);
  expect(refused(() => limiter.take(1_000, 500))).toEqual({ code: 'rate_limited', retryAfterMs: 500 });
  expect(refused(() => limiter.take(1_000, 1_000))).toBeUndefined();
});
