import { describe, expect, it } from '@jest/globals';
import type { ParleyError } from './errors.js';
import { VirtualClock } from './testing/virtual-clock.js';
import { TokenCallback } from './token-callback.js';

const setup = () => {
  const running: { resolve: (token: string) => void; reject: (error: Error) => void }[] = [];
  const clock = new VirtualClock();
  const run = () => new Promise<string>((resolve, reject) => running.push({ resolve, reject }));
  return { callback: new TokenCallback(run, clock, 1_000), clock, running };
};

describe('a token callback', () => {
  it('runs once for those who ask at once', async () => {
    const { callback, running } = setup();
    const tokens = [callback.get(), callback.get()];
    expect(running).toHaveLength(1);
    running[0]?.resolve('token');
    expect(await Promise.all(tokens)).toEqual(['token', 'token']);
    void callback.get();
    expect(running).toHaveLength(2);
  });

  it('runs again, afterwards, for who wants one from now on; also when the first one failed', async () => {
    const { callback, running } = setup();
    const first = callback.get().catch((error: Error) => error.message);
    const renewed = callback.renew();
    expect(running).toHaveLength(1);
    running[0]?.reject(new Error('none'));
    expect(await first).toBe('none');
    await Promise.resolve();
    await new Promise(setImmediate);
    expect(running).toHaveLength(2);
    running[1]?.resolve('token');
    expect(await renewed).toBe('token');
  });

  it('throws what a callback throws at once, and runs again', async () => {
    let runs = 0;
    const fail = () => {
      runs += 1;
      throw new Error('none');
    };
    const callback = new TokenCallback(fail, new VirtualClock(), 1_000);
    await expect(callback.get()).rejects.toThrow('none');
    await expect(callback.get()).rejects.toThrow('none');
    expect(runs).toBe(2);
  });

  it('that does not settle is given up in time, and runs again', async () => {
    const { callback, clock, running } = setup();
    const first = callback.get().catch((error: ParleyError) => error);
    clock.advance(1_000);
    expect(await first).toMatchObject({ code: 'timeout', retryable: true });
    const second = callback.get();
    running[0]?.resolve('late');
    running[1]?.resolve('token');
    expect(await second).toBe('token');
    expect(clock.timers).toBe(0);
  });

  it.each([undefined, '', 7])('that returns %p is a mistake of the program', async (result) => {
    const callback = new TokenCallback(() => result as string, new VirtualClock(), 1_000);
    await expect(callback.get()).rejects.toMatchObject({ code: 'bad_request', retryable: false });
  });
});
