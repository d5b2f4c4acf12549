import { describe, expect, it } from '@jest/globals';
import { ENDINGS, endingFields } from './endings.js';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const fieldsOf = (words: string) =>
  endingFields(
    ENDINGS.findIndex(([one]) => one === words),
    NOW,
  );

describe('the end of a new room', () => {
  it('is the owner’s wish, a time, or that nobody comes any more', () => {
    expect(fieldsOf('When I delete it')).toEqual({ endsAt: null, endWhenEmptySeconds: null });
    expect(fieldsOf('In a day')).toEqual({ endsAt: '2026-11-27T12:00:00.000Z', endWhenEmptySeconds: null });
    expect(fieldsOf('When nobody was in it for an hour')).toEqual({ endsAt: null, endWhenEmptySeconds: 3_600 });
  });
});
