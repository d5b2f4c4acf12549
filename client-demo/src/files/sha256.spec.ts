import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Sha256 } from './sha256.js';

const expected = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

describe('Sha256', () => {
  it.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_003])('hashes %i bytes as node does', (length) => {
    const data = new Uint8Array(randomBytes(length));
    expect(new Sha256().update(data).hex()).toBe(expected(data));
  });

  it('gives the same digest however the data is split', () => {
    const data = new Uint8Array(randomBytes(10_000));
    const hash = new Sha256();
    for (let at = 0, step = 1; at < data.length; at += step, step = (step * 7 + 3) % 257 || 1) {
      hash.update(data.subarray(at, Math.min(at + step, data.length)));
    }
    expect(hash.hex()).toBe(expected(data));
  });
});
