import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { FileChannel } from './channel.js';
import { BUFFER_HIGH_BYTES, CHUNK_BYTES, parseFileMessage, type Refusal, safeName } from './messages.js';
import { receiveFile } from './receive-file.js';
import { sendFile } from './send-file.js';

type Listener = (event: { readonly data?: unknown }) => void;

/** One end of a channel that delivers one message a turn of the event loop and counts what is buffered. */
class TestChannel implements FileChannel {
  binaryType = 'blob';
  bufferedAmountLowThreshold = 0;
  bufferedAmount = 0;
  highest = 0;
  readyState = 'open';
  other!: TestChannel;
  alter: (data: string | ArrayBuffer) => string | ArrayBuffer = (data) => data;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly queue: (string | ArrayBuffer)[] = [];

  send(data: string | ArrayBuffer): void {
    if (this.readyState !== 'open') throw new Error('InvalidStateError');
    this.bufferedAmount += typeof data === 'string' ? data.length : data.byteLength;
    this.highest = Math.max(this.highest, this.bufferedAmount);
    if (this.queue.push(data) === 1) setImmediate(() => this.drain());
  }

  /** As in a browser, what is buffered still goes out. */
  close(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    const end = () => {
      if (this.queue.length > 0) return setImmediate(end);
      this.other.readyState = 'closed';
      this.other.emit('close', {});
    };
    setImmediate(end);
  }

  addEventListener(type: string, listener: Listener): void {
    this.listeners.set(type, (this.listeners.get(type) ?? new Set()).add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.listeners.get(type)?.delete(listener);
  }

  emit(type: string, event: { data?: unknown }): void {
    for (const listener of [...(this.listeners.get(type) ?? [])]) listener(event);
  }

  private drain(): void {
    const data = this.queue.shift();
    if (data === undefined) return;
    const before = this.bufferedAmount;
    this.bufferedAmount -= typeof data === 'string' ? data.length : data.byteLength;
    this.other.emit('message', { data: this.alter(data) });
    const low = this.bufferedAmountLowThreshold;
    if (before > low && this.bufferedAmount <= low) this.emit('bufferedamountlow', {});
    if (this.queue.length > 0) setImmediate(() => this.drain());
  }
}

const pair = (): [TestChannel, TestChannel] => {
  const [one, two] = [new TestChannel(), new TestChannel()];
  one.other = two;
  two.other = one;
  return [one, two];
};

const fileOf = (bytes: Buffer<ArrayBuffer>) => ({
  name: '../secret/holiday.jpg',
  size: bytes.length,
  type: 'image/jpeg',
  slice: (start: number, end: number) => new Blob([bytes.subarray(start, end)]),
});

interface End {
  state: string;
  sha256?: string;
  reason?: string;
}

/** Runs a transfer to the end of both sides. */
const run = async (
  bytes: Buffer<ArrayBuffer>,
  options: {
    refuse?: Refusal;
    alter?: TestChannel['alter'];
    during?: (stop: { send(): void; receive(): void }) => void;
  } = {},
) => {
  const [out, into] = pair();
  if (options.alter) out.alter = options.alter;
  const seen = { name: '', progress: [] as number[], blob: undefined as Blob | undefined };
  let stopReceiving = () => {};
  let stopSending = () => {};
  const received = new Promise<End>((resolve) => {
    stopReceiving = receiveFile(into, {
      offered: (file) => {
        seen.name = file.name;
        return options.refuse;
      },
      received: (blob) => {
        seen.blob = blob;
      },
      progress: () => options.during?.({ send: () => stopSending(), receive: () => stopReceiving() }),
      checking: () => {},
      ended: (state, detail) => resolve({ state, ...detail }),
    });
  });
  const sent = new Promise<End>((resolve) => {
    stopSending = sendFile(out, fileOf(bytes), {
      progress: (at) => seen.progress.push(at),
      checking: () => {},
      ended: (state, detail) => resolve({ state, ...detail }),
    });
  });
  return { sent: await sent, received: await received, highest: out.highest, ...seen };
};

const random = (size: number): Buffer<ArrayBuffer> => Buffer.from(new Uint8Array(randomBytes(size)));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a file over a data channel', () => {
  it('is of a type that no browser shows, whatever its sender calls it', async () => {
    // Its sender says image/jpeg, and could say text/html.
    expect((await run(random(10))).blob?.type).toBe('application/octet-stream');
  });

  it.each([0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * 1024 * 1024 + 17])('arrives whole: %i bytes', async (size) => {
    const bytes = random(size);
    const result = await run(bytes);
    expect(result.sent).toEqual({ state: 'done', sha256: sha256(bytes) });
    expect(result.received).toEqual({ state: 'done', sha256: sha256(bytes) });
    expect(result.name).toBe('holiday.jpg');
    expect(Buffer.compare(Buffer.from(await result.blob!.arrayBuffer()), bytes)).toBe(0);
    expect(result.progress.at(-1)).toBe(size);
  });

  it('buffers at most the high mark and one chunk', async () => {
    const result = await run(random(8 * 1024 * 1024));
    expect(result.sent.state).toBe('done');
    expect(result.highest).toBeGreaterThan(BUFFER_HIGH_BYTES / 2);
    expect(result.highest).toBeLessThanOrEqual(BUFFER_HIGH_BYTES + CHUNK_BYTES);
  });

  it('reports a corrupted byte to both sides', async () => {
    let changed = false;
    const result = await run(random(200_000), {
      alter: (data) => {
        if (typeof data === 'string' || changed) return data;
        changed = true;
        const copy = new Uint8Array(data.slice(0));
        copy[7]! ^= 1;
        return copy.buffer;
      },
    });
    expect(result.received.state).toBe('corrupt');
    expect(result.sent.state).toBe('corrupt');
    expect(result.blob).toBeUndefined();
  });

  it('tells the sender why a file was declined', async () => {
    const result = await run(random(10), { refuse: 'too_large' });
    expect(result.sent).toEqual({ state: 'refused', reason: 'too_large' });
    expect(result.progress).toEqual([]);
  });

  it.each(['send', 'receive'] as const)('stops on both sides when the %s side cancels', async (side) => {
    const result = await run(random(3 * 1024 * 1024), { during: (stop) => stop[side]() });
    expect(result.sent.state).toBe('cancelled');
    expect(result.received.state).toBe('cancelled');
    expect(result.blob).toBeUndefined();
  });

  it('accepts no more bytes than the header announced', async () => {
    const [out, into] = pair();
    const ended = new Promise<End>((resolve) => {
      receiveFile(into, {
        offered: () => undefined,
        received: () => {},
        progress: () => {},
        checking: () => {},
        ended: (state, detail) => resolve({ state, ...detail }),
      });
    });
    out.send(JSON.stringify({ type: 'header', name: 'x', size: 3, mime: 'a/b' }));
    out.send(new ArrayBuffer(4));
    expect(await ended).toEqual({ state: 'refused', reason: 'not_understood' });
  });
});

describe('parseFileMessage', () => {
  it.each([
    'no json',
    'null',
    '[]',
    '{"type":"header"}',
    '{"type":"header","name":"x","size":-1}',
    '{"type":"header","name":"x","size":1.5}',
    '{"type":"end","sha256":"ABC"}',
    '{"type":"refuse","reason":"<b>"}',
    '{"type":"other"}',
    `{"type":"cancel","x":"${'x'.repeat(5000)}"}`,
  ])('does not take %s', (text) => expect(parseFileMessage(text)).toBeUndefined());

  it('sanitizes file names', () => {
    expect(safeName('../../etc/passwd')).toBe('passwd');
    expect(safeName('C:\\secret\\a\u202Egpj.exe')).toBe('agpj.exe');
    expect(safeName('\u0000')).toBe('file');
    expect(safeName('x'.repeat(500))).toHaveLength(200);
  });
});
