import { describe, expect, it } from '@jest/globals';
import { TokenCallback } from './token-callback.js';

const setup = () => {
  const running: { resolve: (token: string) => void; reject: (error: Error) => void }[] = [];
  const callback = new TokenCallback(() => new Promise((resolve, reject) => running.push({ resolve, reject })));
  return { callback, running };
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
    const callback = new TokenCallback(() => {
      runs += 1;
      throw new Error('none');
    });
    await expect(callback.get()).rejects.toThrow('none');
    await expect(callback.get()).rejects.toThrow('none');
    expect(runs).toBe(2);
  });
});
