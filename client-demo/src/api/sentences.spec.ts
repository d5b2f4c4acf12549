import { describe, expect, it } from '@jest/globals';
import { ERRORS } from '@parley/protocol';
import { ApiProblem, codeOf } from './problem.js';
import { hasSentence, NEXT_STEP_LABELS, sentenceFor } from './sentences.js';

/** Faults of the program itself, which a person can do nothing about. */
const INTERNAL_FAULTS = [
  'method_not_allowed',
  'unsupported_media_type',
  'precondition_failed',
  'precondition_required',
  'conflict',
];

describe('sentences', () => {
  const codes = Object.keys(ERRORS).filter((code) => !INTERNAL_FAULTS.includes(code));

  it.each(codes)('says %s in words, with a next step', (code) => {
    expect(hasSentence(code)).toBe(true);
    const sentence = sentenceFor(code);
    expect(sentence.text).not.toContain(code.includes('_') ? code : '_');
    expect(NEXT_STEP_LABELS[sentence.next]).toBeTruthy();
  });

  it.each([
    ...['NotAllowedError', 'NotFoundError', 'NotReadableError', 'removed', 'expired', 'room_closed', 'network'],
    ...['denied', 'cancelled'],
  ])('has a sentence for %s', (code) => expect(hasSentence(code)).toBe(true));

  it('answers an unknown code with a sentence too', () => {
    expect(sentenceFor('no_such_code').title).toBe('Something went wrong');
  });

  it('finds the code of a problem, of a DOMException and of anything else', () => {
    expect(codeOf(new ApiProblem('room_full', 409))).toBe('room_full');
    expect(codeOf({ name: 'NotAllowedError', code: 0 })).toBe('NotAllowedError');
    expect(codeOf('a string')).toBe('internal');
  });
});
