import { describe, expect, it } from '@jest/globals';
import { Command } from 'ioredis';
import { Random } from '../../test/fuzz/random.js';
import { PADDING_AFTER, PADDING_BEFORE, zeroCopyPublish } from './zero-copy-publish.js';

const socket = {};

/** A payload with this many bytes before and after it. */
const padded = (payload: Buffer, before: number, after: number) => {
  const memory = Buffer.concat([Buffer.alloc(before, '~'), payload, Buffer.alloc(after, '~')]);
  return { memory, start: before, end: before + payload.length };
};

describe('PUBLISH without a copy', () => {
  it('writes the same bytes as ioredis, with enough padding and without', () => {
    const random = new Random(7);
    const differs: unknown[] = [];
    for (let round = 0; round < 5_000; round += 1) {
      const payload = Buffer.from(Array.from({ length: 1 + random.below(300) }, () => random.below(256)));
      const channel = Array.from({ length: 1 + random.below(150) }, () => 'aZ0:{}_-é☃'[random.below(10)]).join('');
      const name = random.below(2) === 0 ? 'publish' : 'spublish';
      const [before, after] = [
        random.below(2) === 0 ? PADDING_BEFORE : random.below(300),
        random.below(PADDING_AFTER + 1),
      ];
      const command = zeroCopyPublish(name, channel, padded(payload, before, after));
      const plain = new Command(name, [channel, payload]);
      const same = Buffer.from(plain.toWritable(socket)).equals(Buffer.from(command.toWritable(socket)));
      const sameRoute = command.name === plain.name && command.getSlot() === plain.getSlot();
      if (!same || !sameRoute) differs.push({ name, channel, payload, before, after });
    }
    expect(differs).toEqual([]);
  });

  it('copies nothing if the padding suffices', () => {
    const payload = padded(Buffer.from('payload'), PADDING_BEFORE, PADDING_AFTER);
    const wire = zeroCopyPublish('publish', 'c'.repeat(200), payload).toWritable(socket) as Buffer;
    expect(wire.buffer).toBe(payload.memory.buffer);
  });
});
