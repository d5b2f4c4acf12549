import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { type PeerId, SIGNAL_KINDS } from '@parley/protocol';
import { Random } from '../../../test/fuzz/random.js';
import { joinMessage } from '../../bus/bus.js';
import { parseClientMessage } from './client-message.schema.js';
import { readFastHeader, relayedFrame } from './fast-header.js';
import { joinFrame, splitFrame } from './frame.js';

const INPUTS = 20_000;
const ME = 'me_-0' as PeerId;

const readFully = (frame: Buffer) => {
  const { header, body } = splitFrame(frame, 32_768);
  return { message: parseClientMessage(header), body };
};

/** The result of a parser for a frame, in a comparable form. */
const outcome = (frame: Buffer, read: (frame: Buffer) => { message: object; body: Buffer | undefined }) => {
  try {
    const { message, body } = read(frame);
    return { message, body: body?.toString('latin1') };
  } catch (error) {
    return { error: `${(error as { code?: string }).code} ${(error as Error).message}` };
  }
};

const withKeysInOrder = (frame: Buffer) => JSON.stringify(JSON.parse(splitFrame(frame, 32_768).header));

describe('readFastHeader', () => {
  const random = new Random(1_977);
  const pick = <T>(items: readonly T[]): T => random.pick(items);
  const id = () =>
    Array.from({ length: pick([0, 1, 22, 22, 22, 22, 22, 22, 64, 65]) }, () => pick([...'aZ09_-'])).join('');
  const number = () =>
    pick([
      '1',
      '2',
      '16',
      '300',
      '2049',
      '77777',
      '7',
      '0',
      '01',
      '-1',
      '1.5',
      '1e3',
      '99999999999999',
      '281474976710656',
      '281474976710657',
      `${random.below(1e6)}`,
    ]);
  const header = () =>
    pick([
      () => `{"type":"signal","to":"${id()}","seq":${number()},"base":${number()},"kind":"${pick(SIGNAL_KINDS)}"}`,
      () => `{"type":"signal","to":"${id()}","kind":"${pick([...SIGNAL_KINDS, 'offers', ''])}"}`,
      () => `{"type":"signal","to":"${id()}","seq":${number()},"kind":"data"}`,
      () => `{"type":"ack","to":"${id()}","upto":${number()}}`,
      () => `{"type":"ack","to":"${id()}","upto":${number()},"missed":[${number()}]}`,
      () => `{"type":"broadcast","room":"${id()}","kind":"move"}`,
    ])();
  const SCRAPS = [
    '{',
    '}',
    '"',
    ',',
    ':',
    ' ',
    '\n',
    '\r',
    '\\u0074',
    '\\',
    '\u0000',
    'é',
    '"to":"a",',
    '"__proto__":1,',
    '0',
  ];
  const mutated = (text: string): string => {
    const at = random.below(text.length + 1);
    return pick([
      () => text,
      () => text,
      () => text.slice(0, at) + pick(SCRAPS) + text.slice(at),
      () => text.slice(0, at) + text.slice(at + 1 + random.below(3)),
      () => text.slice(0, at),
      () => text + pick(SCRAPS),
    ])();
  };
  const frame = () =>
    Buffer.from(mutated(header()) + pick(['', '', '\n', '\nv=0 {"type":"ack"}', `\n${'é'.repeat(200)}`]));

  test('accepts nothing that the full parser refuses, and returns the same for what both accept', () => {
    let taken = 0;
    const disagreed: string[] = [];
    for (let input = 0; input < INPUTS; input += 1) {
      const bytes = frame();
      if (readFastHeader(bytes) !== undefined) taken += 1;
      const both = outcome(bytes, (same) => readFastHeader(same) ?? readFully(same));
      if (!isDeepStrictEqual(both, outcome(bytes, readFully))) disagreed.push(bytes.toString());
    }
    expect(disagreed).toEqual([]);
    expect(taken).toBeGreaterThan(INPUTS / 20);
  });

  test('relays the same bytes as the full path', () => {
    const differs: string[] = [];
    for (let input = 0; input < INPUTS; input += 1) {
      const bytes = frame();
      const quick = readFastHeader(bytes);
      if (quick?.tail === undefined) continue;
      const { type, to: _to, ...rest } = quick.message;
      const slow = joinFrame({ type, from: ME, ...rest }, quick.body);
      if (!joinMessage(relayedFrame(type, ME, quick.tail)).equals(slow)) differs.push(bytes.toString());
    }
    expect(differs).toEqual([]);
  });

  test.each([
    '{"type":"signal","to":"peer","seq":4,"base":2,"kind":"offer"}\nv=0',
    '{"type":"signal","to":"peer","kind":"end_of_candidates"}\n',
    '{"type":"ack","to":"peer","upto":0}',
  ])('accepts what the SDK writes: %j', (text) => {
    const quick = readFastHeader(Buffer.from(text));
    expect(JSON.stringify(quick?.message)).toBe(withKeysInOrder(Buffer.from(text)));
  });

  test('returns the body as a view on the frame, without reading it', () => {
    const bytes = Buffer.from('{"type":"signal","to":"peer","kind":"data"}\n\u0000\u{1F600}');
    const body = readFastHeader(bytes)?.body as Buffer;
    expect(body.buffer).toBe(bytes.buffer);
    expect(body.toString()).toBe('\u0000\u{1F600}');
  });
});
