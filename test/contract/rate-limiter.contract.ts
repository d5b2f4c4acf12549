import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RateLimiter } from '../../src/rate-limit/rate-limiter.js';
import { until } from '../support/until.js';

/** The limiters of two nodes on one store, or one limiter twice. */
export interface RateLimiterFixture {
  readonly limiters: readonly [RateLimiter, RateLimiter];
  stop(): Promise<void>;
}

/** The contract of every adapter of `RateLimiter`. */
export const rateLimiterContract = (title: string, start: () => Promise<RateLimiterFixture>): void => {
  describe(`rate limiter: ${title}`, () => {
    let fixture: RateLimiterFixture;
    let one: RateLimiter;
    let two: RateLimiter;
    beforeAll(async () => {
      fixture = await start();
      [one, two] = fixture.limiters;
    }, 60_000);
    afterAll(() => fixture.stop());

    const slow = { name: 'slow', burst: 3, perSecond: 0.01 };

    it('allows the burst on all nodes together, then returns the time to wait', async () => {
      const who = randomUUID();
      expect([await one.take(slow, who), await two.take(slow, who), await one.take(slow, who)]).toEqual([0, 0, 0]);
      const waitMs = await two.take(slow, who);
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(100_000);
    });

    it('counts each rate and each subject separately', async () => {
      const [ada, grace] = [randomUUID(), randomUUID()];
      for (let n = 0; n < 4; n += 1) await one.take(slow, ada);
      expect(await one.take(slow, grace)).toBe(0);
      expect(await one.take({ ...slow, name: 'other' }, ada)).toBe(0);
    });

    it('gives the last token to one of a hundred simultaneous requests', async () => {
      const who = randomUUID();
      const last = { ...slow, name: 'last', burst: 1 };
      const waits = await Promise.all(Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? one : two).take(last, who)));
      expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(1);
    });

    it('refills at its rate', async () => {
      const quick = { name: 'quick', burst: 1, perSecond: 10 };
      const who = randomUUID();
      expect(await one.take(quick, who)).toBe(0);
      expect(await one.take(quick, who)).toBeGreaterThan(0);
      await until(async () => (await two.take(quick, who)) === 0);
    });

    it('accepts any text as a subject', async () => {
      for (const who of ['', '}{', 'a:b', '*', '\r\nFLUSHALL\r\n', '\u0000', '🐎'.repeat(1_000)]) {
        expect(await one.take({ ...slow, burst: 1_000 }, who)).toBe(0);
      }
    });
  });
};
