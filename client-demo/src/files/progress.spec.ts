import { describe, expect, it } from '@jest/globals';
import { bytesInWords, chunkBytesFor, overallProgress, overallState } from './progress.js';

const leg = (state: Parameters<typeof overallState>[0][number]['state'], bytes = 0) => ({ state, bytes });

describe('a file to several peers', () => {
  it('is in progress while one transfer still waits', () => {
    expect(overallState([leg('done'), leg('moving'), leg('refused')])).toBe('moving');
    expect(overallState([leg('done'), leg('checking')])).toBe('checking');
  });

  it('ends in the worst final state', () => {
    expect(overallState([leg('done'), leg('done')])).toBe('done');
    expect(overallState([leg('done'), leg('cancelled'), leg('corrupt')])).toBe('corrupt');
  });

  it('counts progress over the transfers that have not failed', () => {
    expect(overallProgress([leg('moving', 50), leg('done', 100)], 100)).toBe(0.75);
    expect(overallProgress([leg('moving', 50), leg('gone', 10)], 100)).toBe(0.5);
    expect(overallProgress([leg('done', 0)], 0)).toBe(1);
    expect(overallProgress([leg('cancelled', 30)], 100)).toBe(0.3);
  });
});

describe('chunkBytesFor', () => {
  it.each([
    [undefined, 16_384],
    [1_000, 16_384],
    [65_536, 65_536],
    [262_144, 65_536],
    [Number.POSITIVE_INFINITY, 65_536],
  ])('for a peer that takes %p is %i', (max, bytes) => expect(chunkBytesFor(max)).toBe(bytes));
});

describe('bytesInWords', () => {
  it.each([
    [0, '0 bytes'],
    [14_200, '14 kB'],
    [5_242_880, '5.2 MB'],
  ])('%i is %s', (bytes, words) => expect(bytesInWords(bytes)).toBe(words));
});
