import { describe, expect, it } from '@jest/globals';
import { ERRORS } from '@parley/protocol';
import { ApiProblem, codeOf } from './problem.js';
import { hasSentence, NEXT_STEP_LABELS, sentenceFor } from './sentences.js';

/** Bugs of the demo itself, about which the user can do nothing. */
const INTERNAL_FAULTS = [
  'method_not_allowed',
  'unsupported_media_type',
  'precondition_failed',
  'precondition_required',
  'conflict',
];

describe('the texts of errors', () => {
  const codes = Object.keys(ERRORS).filter((code) => !INTERNAL_FAULTS.includes(code));

  it.each(codes)('has a text and a next step for %s', (code) => {
    expect(hasSentence(code)).toBe(true);
    const sentence = sentenceFor(code);
    expect(sentence.text).not.toContain(code.includes('_') ? code : '_');
    expect(NEXT_STEP_LABELS[sentence.next]).toBeTruthy();
  });

  it.each([
    ...['NotAllowedError', 'NotFoundError', 'NotReadableError', 'removed', 'expired', 'room_closed', 'network'],
    ...['denied', 'cancelled'],
  ])('has a text for %s', (code) => expect(hasSentence(code)).toBe(true));

  it('has a text for an unknown code', () => {
    expect(sentenceFor('no_such_code').title).toBe('Something went wrong');
  });

  it('reads the code of a problem, of a DOMException and of any other error', () => {
    expect(codeOf(new ApiProblem('room_full', 409))).toBe('room_full');
    expect(codeOf({ name: 'NotAllowedError', code: 0 })).toBe('NotAllowedError');
    expect(codeOf('a string')).toBe('internal');
  });
});
