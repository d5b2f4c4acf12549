import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { WebSocket } from 'ws';
import { Random } from '../../test/fuzz/random.js';
import { parseWholeFrames } from './frame-parser.js';

const STREAMS = 1_500;
const MAX_PAYLOAD = 2_000;
const FACES = ['message', 'ping', 'conclude', 'error'] as const;

const NOBODY = { receive() {}, control() {} };

// Exported by ws, and not in its types.
const { Receiver } = createRequire(import.meta.url)('ws') as { Receiver: new (options: object) => Writable };
const newReceiver = (): Writable => new Receiver({ isServer: true, maxPayload: MAX_PAYLOAD, maxFragments: 4 });

/** Everything a receiver says of a stream of chunks, in order. */
const received = async (receiver: Writable, log: string[], chunks: readonly Buffer[]): Promise<string[]> => {
  for (const face of FACES) {
    receiver.on(face, (first: Buffer | number | Error, second?: Buffer | boolean) => {
      const text = first instanceof Error ? (first as NodeJS.ErrnoException).code : String(first);
      log.push(`${face} ${text} ${String(second ?? '')}`);
    });
  }
  receiver.on('pong', () => log.push('pong'));
  for (const chunk of chunks) {
    if (receiver.destroyed || receiver.writableEnded) break;
    receiver.write(Buffer.from(chunk));
    await new Promise(setImmediate);
  }
  return log;
};

/** One frame as a client's bytes (RFC 6455 §5.2), right or wrong. */
const clientFrame = (random: Random): Buffer => {
  const first = random.pick([0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x01, 0x80, 0x00, 0x82, 0x89, 0x8a, 0xc1, 0x88, 0x83]);
  const text = random.pick([
    '',
    'a',
    'hello',
    'é'.repeat(80),
    'x'.repeat(125),
    'y'.repeat(126),
    'z'.repeat(MAX_PAYLOAD),
  ]);
  const payload = Buffer.from(
    first > 0x87 ? text.slice(0, random.pick([60, 60, 60, 125, 126])) : text + random.pick(['', '', '', '', 'more']),
  );
  if (random.chance(0.05) && payload.length > 0) payload[random.below(payload.length)] = 0xff;
  const mask = random.chance(0.1) ? Buffer.alloc(4) : Buffer.from([1, 2, 3, 4].map(() => random.below(256)));
  let length =
    payload.length < 126
      ? Buffer.from([payload.length])
      : Buffer.from([126, payload.length >> 8, payload.length & 255]);
  // A control frame may not have the longer form (RFC 6455 §5.5).
  if (first > 0x87 && random.chance(0.1)) length = Buffer.from([126, 0, payload.length]);
  if (random.chance(0.97)) length[0] = (length[0] as number) | 0x80;
  return Buffer.concat([
    Buffer.from([first]),
    length,
    mask,
    payload.map((byte, at) => byte ^ (mask[at & 3] as number)),
  ]);
};

const inChunks = (bytes: Buffer, random: Random): Buffer[] => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random.chance(0.6) ? bytes.length : 1 + random.below(400);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

describe('the shortcut around the receiver of ws', () => {
  test('is taken with the version of ws that is installed', () => {
    expect(parseWholeFrames({ _receiver: newReceiver() } as unknown as WebSocket, NOBODY)).toBe(true);
  });

  test('says exactly what ws says, of any stream in any pieces', async () => {
    const random = new Random(8_023);
    let taken = 0;
    for (let stream = 0; stream < STREAMS; stream += 1) {
      const frames = Array.from({ length: 1 + random.below(6) }, () => clientFrame(random));
      const chunks = inChunks(Buffer.concat(frames), random);
      const short = newReceiver();
      const log: string[] = [];
      parseWholeFrames({ _receiver: short } as unknown as WebSocket, {
        receive(text) {
          taken += 1;
          log.push(`message ${text} false`);
        },
        control: () => log.push('pong'),
      });
      expect(await received(short, log, chunks)).toEqual(await received(newReceiver(), [], chunks));
    }
    expect(taken).toBeGreaterThan(STREAMS / 10);
  }, 60_000);

  test('is not taken with a receiver of another shape: ws goes on as it does', async () => {
    const unexpected = Object.assign(newReceiver(), { _state: 'start' });
    const { write } = unexpected;
    expect(parseWholeFrames({ _receiver: unexpected } as unknown as WebSocket, NOBODY)).toBe(false);
    expect(unexpected.write).toBe(write);
    expect(parseWholeFrames({} as WebSocket, NOBODY)).toBe(false);
  });
});
