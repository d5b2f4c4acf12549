import { describe, expect, it } from '@jest/globals';
import { Random } from '../../../test/fuzz/random.js';
import { joinMessage, type Message } from '../bus.js';
import { Batch, decodePayload, encodeClusterEvent, encodeProbe, newSmallBatch } from './batch.js';

const encodeMessages = (messages: readonly Message[], memory?: Buffer): Buffer => {
  const batch = new Batch(memory);
  for (const message of messages) batch.put(message);
  return batch.payload;
};

describe('the payload format', () => {
  it('decodes what was encoded, byte for byte', () => {
    const messages = [Buffer.from('a\nb'), Buffer.alloc(0), Buffer.from([0, 255, 0xb7])];
    expect(decodePayload(encodeMessages(messages))).toEqual({ kind: 'messages', messages });
    expect(decodePayload(encodeClusterEvent('{"☃":1}'))).toEqual({ kind: 'event', event: Buffer.from('{"☃":1}') });
    expect(decodePayload(encodeProbe('p'))).toEqual({ kind: 'probe', probe: Buffer.from('p') });
  });

  it('uses at most 1 KiB for a small batch until it grows', () => {
    const batch = newSmallBatch();
    batch.put(Buffer.alloc(100, 1));
    expect(batch.memory.length).toBeLessThanOrEqual(1024);
    for (let n = 2; n < 100; n += 1) batch.put(Buffer.alloc(100, n));
    expect(batch.messages).toEqual(Array.from({ length: 99 }, (_, n) => Buffer.alloc(100, n + 1)));
    expect(batch.memory.length).toBeLessThan(32 * 1024);
  });

  it('refuses every truncated payload that does not end between two messages', () => {
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

describe('a batch', () => {
  it('holds the messages as they were passed, whole or split, at any size and with reused memory', () => {
    const random = new Random(2026);
    for (let round = 0; round < 40; round += 1) {
      const messages = Array.from({ length: random.below(60) }, (): Message => {
        const bytes = Buffer.from(Array.from({ length: random.below(2_000) }, () => random.below(256)));
        return random.below(2) === 0 ? bytes : { head: 'x'.repeat(random.below(200)), rest: bytes };
      });
      const batch = new Batch(random.below(2) === 0 ? Buffer.alloc(16 * 1024, random.below(256)) : undefined);
      for (const message of messages) batch.put(message);
      const whole = messages.map(joinMessage);
      expect(batch.messages.map((message, i) => message.equals(whole[i] as Buffer))).toEqual(whole.map(() => true));
      expect([batch.count, batch.bytes]).toEqual([whole.length, whole.reduce((sum, { length }) => sum + length, 0)]);
    }
  });

  it('copies messages and keeps no reference to them', () => {
    const passed = Buffer.from('passed');
    const batch = new Batch();
    batch.put(passed);
    batch.put({ head: 'head ', rest: passed });
    passed.fill('x');
    expect(batch.messages.map(String)).toEqual(['passed', 'head passed']);
  });
});
