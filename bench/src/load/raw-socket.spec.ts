import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { RawSocket, textFrame } from './raw-socket.js';

describe("the generator's socket, against ws", () => {
  let server: WebSocketServer;
  let port: number;

  beforeAll(async () => {
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  const open = async (): Promise<[RawSocket, WebSocket]> => {
    const connected = once(server, 'connection');
    const socket = await RawSocket.open({ host: '127.0.0.1', port, path: '/' });
    return [socket, (await connected)[0]];
  };
  const next = (socket: RawSocket) => socket.expect((text) => text, 'a text');

  it.each([0, 1, 125, 126, 65_535, 65_536, 300_000])('sends and receives a text of %d bytes', async (size) => {
    const [socket, other] = await open();
    other.on('message', (data) => other.send(data.toString()));
    const text = 'ä'.repeat(size / 2) + (size % 2 === 1 ? 'x' : '');
    const back = next(socket);
    socket.send(textFrame(text));
    expect(await back).toBe(text);
    socket.close();
  });

  it('receives many frames of one read, each once and in order', async () => {
    const [socket, other] = await open();
    const texts = Array.from({ length: 5_000 }, (_, i) => `${i}`.padStart(100));
    const seen: string[] = [];
    const all = new Promise<void>((resolve) => {
      socket.onText = (bytes, start, end) => {
        seen.push(bytes.toString('utf8', start, end));
        if (seen.length === texts.length) resolve();
      };
    });
    for (const text of texts) other.send(text);
    await all;
    expect(seen).toEqual(texts);
    expect(socket.frames).toBe(texts.length);
    socket.close();
  });

  it('keeps frames that arrive before a test waits for them', async () => {
    server.once('connection', (other) => other.send('welcome'));
    const socket = await RawSocket.open({ host: '127.0.0.1', port, path: '/' });
    expect(await next(socket)).toBe('welcome');
    socket.close();
  });

  it('answers pings', async () => {
    const [socket, other] = await open();
    const pong = once(other, 'pong');
    other.ping('are you there');
    expect(String((await pong)[0])).toBe('are you there');
    socket.close();
  });

  it('answers the heartbeat of a protocol with its own', async () => {
    const [socket, other] = await open();
    socket.onPingText('2', '3');
    const answer = once(other, 'message');
    other.send('2');
    expect(String((await answer)[0])).toBe('3');
    socket.close();
  });

  it('rejects waiting reads with the reason of the close', async () => {
    const [socket, other] = await open();
    const waiting = next(socket);
    other.close(4029, 'too many frames');
    await expect(waiting).rejects.toThrow('closed with 4029 too many frames');
  });

  it('fails to open if the upgrade is refused', async () => {
    const gate = new WebSocketServer({ host: '127.0.0.1', port: 0, verifyClient: () => false });
    await once(gate, 'listening');
    const at = { host: '127.0.0.1', port: (gate.address() as AddressInfo).port, path: '/' };
    await expect(RawSocket.open(at)).rejects.toThrow('answered 401');
    gate.close();
  });
});
