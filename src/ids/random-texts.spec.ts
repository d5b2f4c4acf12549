import { describe, expect, it } from '@jest/globals';
import { randomTexts } from './random-texts.js';

describe('random texts', () => {
  it('have the length of their bytes and are unique, beyond one pool too', () => {
    const next = randomTexts(9);
    const texts = Array.from({ length: 2_000 }, next);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.filter((text) => !/^[\w-]{12}$/.test(text))).toEqual([]);
  });
});
