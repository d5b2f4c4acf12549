import { describe, expect, it } from '@jest/globals';
import { FLAGS, flagLetters, initials } from './flags.js';

describe('flags', () => {
  it('has one for every letter', () => {
    expect(Object.keys(FLAGS).join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  });

  it('spells a name, whatever its script', () => {
    expect(flagLetters('Élan vital', 3)).toEqual(['E', 'L', 'A']);
    expect(flagLetters('東京', 3)).toEqual(flagLetters('東京', 3));
    expect(FLAGS[flagLetters('東京', 1)[0]!]).toBeDefined();
    expect(FLAGS[flagLetters('', 1)[0]!]).toBeDefined();
  });

  it('takes initials of the first and the last word', () => {
    expect(initials('ada king lovelace')).toBe('AL');
    expect(initials(' Zoë ')).toBe('Z');
    expect(initials('')).toBe('?');
    expect(initials('😀 Smile')).toBe('😀S');
  });
});
