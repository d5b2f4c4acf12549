import { describe, expect, it } from '@jest/globals';
import { faultOf } from './faults.js';

const field = (value: string, asked: Partial<Parameters<typeof faultOf>[0]> = {}) => ({
  value,
  required: true,
  minLength: -1,
  maxLength: -1,
  min: '',
  max: '',
  title: '',
  validity: { patternMismatch: false, badInput: false, valid: true },
  ...asked,
});

describe('faultOf', () => {
  it.each(['', '   '])('requires a text in a required field, not %p', (value) => {
    expect(faultOf(field(value))).toBe('This field is required.');
    expect(faultOf(field(value, { required: false, minLength: 3 }))).toBeUndefined();
  });

  it('names the minimum and maximum length', () => {
    expect(faultOf(field('1234567', { minLength: 8 }))).toBe('Too short: at least 8 characters.');
    expect(faultOf(field('12345678', { minLength: 8, maxLength: 8 }))).toBeUndefined();
    expect(faultOf(field('123456789', { maxLength: 8 }))).toBe('Too long: at most 8 characters.');
  });

  it('names the range of a number', () => {
    const asked = { required: false, min: '1', max: '10' };
    expect(faultOf(field('0', asked))).toBe('Enter a number from 1 to 10.');
    expect(faultOf(field('11', asked))).toBe('Enter a number from 1 to 10.');
    expect(faultOf(field('10', asked))).toBeUndefined();
    expect(faultOf(field('', asked))).toBeUndefined();
    const badInput = { patternMismatch: false, badInput: true, valid: false };
    expect(faultOf(field('', { ...asked, validity: badInput }))).toBe('Enter a number.');
    const fraction = { patternMismatch: false, badInput: false, valid: false };
    expect(faultOf(field('1.5', { ...asked, validity: fraction }))).toBe('This value is invalid.');
  });

  it('explains a pattern', () => {
    const validity = { patternMismatch: true, badInput: false, valid: false };
    expect(faultOf(field('a b', { validity, title: 'No spaces.' }))).toBe('No spaces.');
    expect(faultOf(field('a b', { validity }))).toBe('This value is invalid.');
  });
});
