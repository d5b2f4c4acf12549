import { describe, expect, it } from '@jest/globals';
import { ParleyError, type ParleyErrorCode } from './errors.js';
import { VirtualClock } from './testing/virtual-clock.js';
import { TokenRenewal } from './token-renewal.js';

const setup = (...failures: ParleyErrorCode[]) => {
  const clock = new VirtualClock();
  const reported: string[] = [];
  let tries = 0;
  const renewal = new TokenRenewal(
    { clock, random: () => 0.5 },
    async () => {
      const code = failures[tries++];
      if (code !== undefined) throw new ParleyError(code);
    },
    ({ code }) => reported.push(code),
  );
  return { clock, renewal, reported, tries: () => tries };
};

describe('the renewal of a token', () => {
  it('is tried again after a failure, until it succeeds', async () => {
    const { clock, renewal, reported, tries } = setup('network', 'unavailable');
    renewal.start();
    await clock.advanceAsync(10_000);
    expect([tries(), reported, clock.timers]).toEqual([3, ['network', 'unavailable'], 0]);
  });

  it('ends with the socket', async () => {
    const { clock, renewal, tries } = setup('network', 'network');
    renewal.start();
    await clock.advanceAsync(0);
    renewal.stop();
    await clock.advanceAsync(10_000);
    expect([tries(), clock.timers]).toEqual([1, 0]);
  });

  it('is not tried again after a refusal for good', async () => {
    const { clock, renewal, reported, tries } = setup('forbidden');
    renewal.start();
    await clock.advanceAsync(10_000);
    expect([tries(), reported, clock.timers]).toEqual([1, ['forbidden'], 0]);
  });
});
