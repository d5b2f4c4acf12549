import { describe, expect, it } from '@jest/globals';
import { decodePayload, encodeFact, encodeMessages, encodeProbe } from './batch.js';

describe('the framing of batches', () => {
  it('gives back what was put in, bytes and all', () => {
    const messages = [Buffer.from('a\nb'), Buffer.alloc(0), Buffer.from([0, 255, 0xb7])];
    expect(decodePayload(encodeMessages(messages))).toEqual({ kind: 'messages', messages });
    expect(decodePayload(encodeFact('{"☃":1}'))).toEqual({ kind: 'fact', fact: Buffer.from('{"☃":1}') });
    expect(decodePayload(encodeProbe('p'))).toEqual({ kind: 'probe', probe: Buffer.from('p') });
  });

  it('refuses every cut of a payload that does not end between two messages', () => {
    const whole = encodeMessages([Buffer.from('first'), Buffer.from('second')]);
    const ends = new Set([2 + 4 + 5, whole.length]);
    for (let length = 0; length <= whole.length; length += 1) {
      expect([length, decodePayload(whole.subarray(0, length)) !== undefined]).toEqual([length, ends.has(length)]);
    }
  });

  it.each([
    ['nothing', []],
    ['another magic', [0xb6, 1, 0, 0, 0, 0]],
    ['a kind that is none', [0xb7, 4, 0, 0, 0, 0]],
    ['no entries', [0xb7, 1]],
    ['a length beyond the end', [0xb7, 1, 0xff, 0xff, 0xff, 0xff, 1]],
    ['a second entry without its length', [0xb7, 1, 0, 0, 0, 0, 0]],
    ['two facts', [0xb7, 2, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['two probes', [0xb7, 3, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('refuses %s', (_, bytes) => {
    expect(decodePayload(Buffer.from(bytes))).toBeUndefined();
  });
});
