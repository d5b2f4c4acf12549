import { describe, expect, it } from '@jest/globals';
import { ENDINGS, endingFields } from './endings.js';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const fieldsOf = (words: string) =>
  endingFields(
    ENDINGS.findIndex(([one]) => one === words),
    NOW,
  );

describe('the end of a new room', () => {
  it('is manual, at a fixed time, or after a time without participants', () => {
    expect(fieldsOf('When I delete it')).toEqual({ endsAt: null, endWhenEmptySeconds: null });
    expect(fieldsOf('In a day')).toEqual({ endsAt: '2026-11-27T12:00:00.000Z', endWhenEmptySeconds: null });
    expect(fieldsOf('After an hour without participants')).toEqual({ endsAt: null, endWhenEmptySeconds: 3_600 });
  });
});
