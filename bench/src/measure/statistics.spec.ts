import { describe, expect, it } from '@jest/globals';
import { spreadOf } from './statistics.js';

describe('the spread of rounds', () => {
  it.each([
    [[3], { median: 3, least: 3, max: 3 }],
    [[5, 1, 3], { median: 3, least: 1, max: 5 }],
    [[4, 1, 3, 2], { median: 2.5, least: 1, max: 4 }],
  ])('of %j', (values, spread) => {
    expect(spreadOf(values)).toEqual(spread);
  });
});
