import { describe, expect, it } from '@jest/globals';
import { faultOf } from './faults.js';

const field = (value: string, asked: Partial<Parameters<typeof faultOf>[0]> = {}) => ({
  value,
  required: true,
  minLength: -1,
  maxLength: -1,
  title: '',
  validity: { patternMismatch: false, valid: true },
  ...asked,
});

describe('faultOf', () => {
  it.each(['', '   '])('wants something where something is required, not %p', (value) => {
    expect(faultOf(field(value))).toBe('Please fill this in.');
    expect(faultOf(field(value, { required: false, minLength: 3 }))).toBeUndefined();
  });

  it('names the length that is missing or too much', () => {
    expect(faultOf(field('1234567', { minLength: 8 }))).toBe('Too short: at least 8 characters.');
    expect(faultOf(field('12345678', { minLength: 8, maxLength: 8 }))).toBeUndefined();
    expect(faultOf(field('123456789', { maxLength: 8 }))).toBe('Too long: at most 8 characters.');
  });

  it('says what a pattern asks for', () => {
    const validity = { patternMismatch: true, valid: false };
    expect(faultOf(field('a b', { validity, title: 'No spaces.' }))).toBe('No spaces.');
    expect(faultOf(field('a b', { validity }))).toBe('This does not fit here.');
  });
});
