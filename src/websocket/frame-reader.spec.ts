import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { Random } from '../../test/fuzz/random.js';
import { FrameReader } from './frame-reader.js';
import type { FrameSink } from './frames.js';

const STREAMS = 3_000;
const LIMITS = { maxPayload: 2_000, maxFragments: 2 };
const NO_CODE = 1005;

// Exported by ws, and not in its types.
const { Receiver } = createRequire(import.meta.url)('ws') as { Receiver: new (options: object) => Writable };

/** A log of what a stream of chunks said. */
class Log implements FrameSink {
  readonly lines: string[] = [];
  receiveText = (text: Buffer): void => this.add('text', text);
  receiveBinary = (): void => this.add('binary');
  receivePing = (payload: Buffer): void => this.add('ping', payload);
  receivePong = (): void => this.add('pong');
  receiveClose = (payload: Buffer): void =>
    this.add('close', payload.length === 0 ? NO_CODE : payload.readUInt16BE(0), payload.subarray(2));
  fail = (code: number): void => this.add('fail', code);

  private add(...words: (string | number | Buffer)[]): void {
    this.lines.push(words.join(' '));
  }
}

const readHere = (chunks: readonly Buffer[]): string[] => {
  const log = new Log();
  const reader = new FrameReader(LIMITS, log);
  for (const chunk of chunks) reader.read(Buffer.from(chunk));
  return log.lines;
};

/** The same, by the receiver of `ws`, which it exports. */
const readByWs = async (chunks: readonly Buffer[]): Promise<string[]> => {
  const receiver = new Receiver({ isServer: true, ...LIMITS });
  const lines: string[] = [];
  receiver.on('message', (data: Buffer, isBinary: boolean) => lines.push(isBinary ? 'binary' : `text ${data}`));
  receiver.on('ping', (payload: Buffer) => lines.push(`ping ${payload}`));
  receiver.on('pong', () => lines.push('pong'));
  receiver.on('conclude', (code: number, reason: Buffer) => lines.push(`close ${code} ${reason}`));
  receiver.on('error', (error: Error) => lines.push(`fail ${statusOf(error)}`));
  for (const chunk of chunks) {
    if (receiver.destroyed || receiver.writableEnded) break;
    receiver.write(Buffer.from(chunk));
    await new Promise(setImmediate);
  }
  return lines;
};

/** The code that ws closes with. */
const statusOf = (error: Error): unknown => {
  const symbol = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
  return (error as unknown as Record<symbol, unknown>)[symbol as symbol];
};

/** One frame as a client's bytes (RFC 6455 §5.2), right or wrong. */
const clientFrame = (random: Random): Buffer => {
  const first = random.pick([
    0x81, 0x81, 0x81, 0x81, 0x81, 0x01, 0x01, 0x80, 0x80, 0x00, 0x00, 0x82, 0x02, 0x89, 0x8a, 0xc1, 0x88, 0x88, 0x83,
    0x09,
  ]);
  const text = random.pick(['', 'a', 'hello', 'é'.repeat(80), 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(2_000)]);
  const ending = random.pick(['', '', '', '', 'more']);
  let payload = Buffer.from(first > 0x87 ? text.slice(0, random.pick([60, 60, 60, 125, 126])) : text + ending);
  if (first === 0x88 && random.chance(0.8)) {
    const code = random.pick([1000, 1001, 1003, 1004, 1005, 1006, 1014, 1015, 2999, 3000, 4999, 5000, 999]);
    payload = Buffer.concat([Buffer.from([code >> 8, code & 255]), payload.subarray(0, 100)]);
  }
  if (random.chance(0.05) && payload.length > 0) payload[random.below(payload.length)] = 0xff;
  const mask = random.chance(0.1) ? Buffer.alloc(4) : Buffer.from([1, 2, 3, 4].map(() => random.below(256)));
  const length = lengthOf(payload.length, random);
  if (random.chance(0.97)) length[0] = (length[0] as number) | 0x80;
  return Buffer.concat([
    Buffer.from([first]),
    length,
    mask,
    payload.map((byte, at) => byte ^ (mask[at & 3] as number)),
  ]);
};

/** In a form that is mostly the shortest one, and at times claims far more than follows. */
const lengthOf = (bytes: number, random: Random): Buffer => {
  const long = Buffer.alloc(9);
  long[0] = 127;
  long.writeBigUInt64BE(random.chance(0.3) ? 2n ** BigInt(random.pick([32, 52, 53, 63])) : BigInt(bytes), 1);
  if (random.chance(0.05)) return long;
  if (bytes < 126 && random.chance(0.95)) return Buffer.from([bytes]);
  return Buffer.from([126, bytes >> 8, bytes & 255]);
};

const inChunks = (bytes: Buffer, random: Random): Buffer[] => {
  const chunks: Buffer[] = [];
  const longest = random.pick([3, 40, 400]);
  for (let at = 0; at < bytes.length; ) {
    const size = random.chance(0.4) ? bytes.length : 1 + random.below(longest);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

describe('the frame reader', () => {
  test('reads any stream in any pieces as ws does', async () => {
    const random = new Random(8_023);
    const seen = new Set<string>();
    for (let stream = 0; stream < STREAMS; stream += 1) {
      const frames = Array.from({ length: 1 + random.below(6) }, () => clientFrame(random));
      const chunks = inChunks(Buffer.concat(frames), random);
      const lines = readHere(chunks);
      expect(lines).toEqual(await readByWs(chunks));
      for (const line of lines) seen.add(/^(fail \d+|\w+)/.exec(line)?.[1] as string);
    }
    expect([...seen].sort()).toEqual(
      ['binary', 'close', 'fail 1002', 'fail 1007', 'fail 1008', 'fail 1009', 'ping', 'pong', 'text'].sort(),
    );
  }, 60_000);

  test('keeps no more than has arrived of a frame, twice over', () => {
    const reader = new FrameReader({ maxPayload: 2 ** 30, maxFragments: 1 }, new Log());
    const declared = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x3f, 0, 0, 0, 0, 0, 0, 0]);
    const before = process.memoryUsage().arrayBuffers;
    reader.read(declared);
    for (let n = 0; n < 1_000; n += 1) reader.read(Buffer.from('x'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024);
    expect(reader.isIdle).toBe(false);
  });

  test('keeps a message that is complete no longer', () => {
    const reader = new FrameReader(LIMITS, new Log());
    for (const frame of [
      [0x01, 0x81, 0, 0, 0, 0, 97],
      [0x80, 0x80, 0, 0],
    ])
      reader.read(Buffer.from(frame));
    expect(reader.isIdle).toBe(false);
    reader.read(Buffer.from([0, 0]));
    expect(reader.isIdle).toBe(true);
  });
});
