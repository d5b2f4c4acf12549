import { describe, expect, it } from '@jest/globals';
import { Backoff } from './backoff.js';

describe('the reconnect policy', () => {
  it('doubles from 0.3 s to 5 s, and begins again after a reset', () => {
    const policy = new Backoff(() => 1);
    expect([0, 1, 2, 3, 4, 5, 6].map(() => policy.next())).toEqual([300, 600, 1_200, 2_400, 4_800, 5_000, 5_000]);
    policy.reset();
    expect(policy.next()).toBe(300);
  });

  it('spreads over the whole delay', () => {
    expect(new Backoff(() => 0).next()).toBe(0);
    expect(new Backoff(() => 0.5).next()).toBe(150);
  });

  it('adds what the server asked for, and never less than nothing', () => {
    expect(new Backoff(() => 1).next(2_000)).toBe(2_300);
    expect(new Backoff(() => 0).next(-5)).toBe(0);
  });

  it('stays at its ceiling after any number of failures', () => {
    const policy = new Backoff(() => 1);
    for (let n = 0; n < 5_000; n++) policy.next();
    expect(policy.next()).toBe(5_000);
  });
});
