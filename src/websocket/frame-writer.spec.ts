import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { WebSocket } from 'ws';
import { SocketServer } from '../../test/support/socket-server.js';
import type { ServerSocket } from './client-socket.js';

const KIB = 1024;

describe('a socket that sends the frames of one event loop iteration together', () => {
  let server: SocketServer;
  let client: WebSocket;
  let ours: ServerSocket;
  let tcp: Socket;
  let received: string[];

  beforeEach(async () => {
    server = new SocketServer(true);
    await server.start();
    ({ client, socket: ours, tcp, received } = await server.open());
  });

  afterEach(() => server.stop());

  /** Sends a last frame. @returns the frames that arrived before it */
  const untilNow = async (): Promise<string[]> => {
    ours.send('the end');
    while (received.at(-1) !== 'the end') await new Promise(setImmediate);
    return received.slice(0, -1);
  };

  test.each([[0], [125], [126], [65_535], [65_536], [300 * KIB]])('carries a frame of %d bytes', async (size) => {
    const frame = 'x'.repeat(size);
    ours.send(Buffer.from(frame));
    expect(await untilNow()).toEqual([frame]);
  });

  test('writes the frames of one event loop iteration once and in order, text and bytes', async () => {
    const before = tcp.bytesWritten;
    let writes = 0;
    const { write } = tcp;
    tcp.write = ((...args: Parameters<typeof write>) => {
      writes += 1;
      return write.apply(tcp, args);
    }) as typeof write;
    for (const frame of ['a', Buffer.from('é'), 'c']) ours.send(frame);
    expect(tcp.bytesWritten).toBe(before);
    expect(await untilNow()).toEqual(['a', 'é', 'c']);
    expect(writes).toBe(1);
  });

  test('sends each socket its own frames, also when many sockets get the same', async () => {
    const others = [];
    for (let n = 0; n < 6; n += 1) others.push(await server.open());
    const all = [Buffer.from('one'), 'two', Buffer.from('three')];
    // The first three, and the last, get the same; one less, and one more with the same beginning, are between them.
    const plans = [all, all, all, all.slice(0, 2), [...all, 'four'], all];
    for (let turn = 0; turn < 2; turn += 1) {
      for (const [n, plan] of plans.entries()) for (const frame of plan) others[n]?.socket.send(frame);
      await new Promise(setImmediate);
    }
    for (const { socket } of others) socket.send('the end');
    while (others.some(({ received: heard }) => heard.at(-1) !== 'the end')) await new Promise(setImmediate);
    expect(others.map(({ received: heard }) => heard)).toEqual(
      plans.map((plan) => [...plan, ...plan, 'the end'].map(String)),
    );
  });

  test('keeps and counts the bytes that the network has not accepted', async () => {
    client.pause();
    const frames = Array.from({ length: 400 }, (_, index) => `${index} ${'y'.repeat(40 * KIB)}`);
    for (const frame of frames) {
      ours.send(Buffer.from(frame));
      await new Promise(setImmediate);
    }
    expect(ours.bufferedBytes).toBeGreaterThan(KIB * KIB);
    client.resume();
    expect(await untilNow()).toEqual(frames);
    expect(ours.bufferedBytes).toBe(0);
  });

  /** Sends until the network takes no more. @returns the memory in bytes behind what the TCP socket gets from then on */
  const fillNetwork = async (): Promise<() => number> => {
    client.pause();
    while (tcp.writableLength === 0) {
      ours.send('y'.repeat(40 * KIB));
      await new Promise(setImmediate);
    }
    const buffers = new Set<ArrayBufferLike>();
    const { write } = tcp;
    tcp.write = ((chunk: Buffer) => {
      buffers.add(chunk.buffer);
      return write.call(tcp, chunk);
    }) as typeof write;
    return () => [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  };

  test('keeps a frame for a slow reader without the batch that it was cut from', async () => {
    const heldBytes = await fillNetwork();
    const counted = ours.bufferedBytes;
    const frame = 'a candidate';
    for (let turn = 0; turn < 300; turn += 1) {
      const batch = Buffer.allocUnsafeSlow(64 * KIB);
      batch.write(frame);
      ours.send(batch.subarray(0, frame.length));
      await new Promise(setImmediate);
    }
    expect(ours.bufferedBytes).toBeLessThan(counted + 16 * KIB);
    // The headers lie in pages of Node's pool.
    expect(heldBytes()).toBeLessThan(64 * KIB);
    client.resume();
    expect((await untilNow()).slice(-300)).toEqual(Array(300).fill(frame));
  });

  test('keeps a frame that is a buffer of its own once, however often it waits', async () => {
    const heldBytes = await fillNetwork();
    const frame = Buffer.allocUnsafeSlow(KIB).fill('z');
    for (let turn = 0; turn < 8 * KIB; turn += 1) {
      ours.send(frame);
      if (turn % 4 === 0) await new Promise(setImmediate);
    }
    await new Promise(setImmediate);
    expect(ours.bufferedBytes).toBeGreaterThan(8 * KIB * KIB);
    expect(heldBytes()).toBeLessThan(KIB * KIB);
  });

  test('counts the frames that wait for the end of the event loop iteration', () => {
    ours.send('z'.repeat(KIB));
    expect(ours.bufferedBytes).toBeGreaterThanOrEqual(KIB);
  });
});
