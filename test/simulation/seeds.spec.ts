import { describe, expect, it } from '@jest/globals';
import { FAILED_SEEDS, firstSeed } from './seeds.js';

const COMMIT = '8e3570c94319025706b1b5dd5e9095d9ac6af19e';

describe('the seeds of a test run', () => {
  it('are the same for the same commit, and others for another one', () => {
    expect(firstSeed(undefined, COMMIT)).toEqual({ seed: 0x8e3570c, origin: 'commit 8e3570c94319' });
    expect(firstSeed('', COMMIT)).toEqual(firstSeed(undefined, COMMIT));
    expect(firstSeed(undefined, `0${COMMIT.slice(1)}`).seed).not.toBe(0x8e3570c);
  });

  it('are a fixed range without a commit, which is said', () => {
    expect(firstSeed(undefined, undefined)).toEqual({
      seed: 1_000_000,
      origin: 'a fixed range, because git reports no commit',
    });
  });

  it('can be chosen', () => {
    expect(firstSeed('76892259', COMMIT)).toEqual({ seed: 76_892_259, origin: 'SIMULATION_FROM' });
    expect(firstSeed('0', undefined).seed).toBe(0);
    for (const wrong of ['-1', '1.5', '1e3', '4294967296', 'HEAD'])
      expect(() => firstSeed(wrong, COMMIT)).toThrow(`SIMULATION_FROM is no integer of 32 bits: ${wrong}`);
  });

  it('have each seed that once failed only once', () => {
    expect(new Set(FAILED_SEEDS).size).toBe(FAILED_SEEDS.length);
  });
});
