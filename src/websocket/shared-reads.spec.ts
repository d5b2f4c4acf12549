import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Server as SocketServer, WebSocket, WebSocketServer } from 'ws';
import { Random } from '../../test/fuzz/random.js';
import { ServerWebSocket, type SocketListener } from './server-web-socket.js';
import { type ChunkSink, readIntoShared } from './shared-reads.js';

const CLIENTS = 12;
const FRAMES = 60;
const SIZES = [0, 1, 125, 126, 4_000, 65_000, 65_536, 200_000];

/** What a session hears, copied as it comes: the bytes are its own no longer than that. */
class Heard implements SocketListener {
  readonly log: string[] = [];
  receive = (frame: Buffer): void => void this.log.push(frame.toString());
  control = (): boolean => {
    this.log.push('control');
    return true;
  };
  close = (code: number): void => void this.log.push(`close ${code}`);
  closed = (): void => void this.log.push('closed');
}

describe('sockets that read into one buffer', () => {
  let http: Server;
  let sockets: SocketServer<typeof ServerWebSocket>;
  let arrived: { ws: ServerWebSocket; tcp: Socket; heard: Heard }[];

  beforeEach(async () => {
    http = createServer();
    sockets = new WebSocketServer({ server: http, WebSocket: ServerWebSocket, autoPong: false });
    arrived = [];
    sockets.on('connection', (ws, { socket: tcp }) => {
      const heard = new Heard();
      ws.attach(heard, tcp);
      arrived.push({ ws, tcp, heard });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    for (const { ws } of arrived) ws.terminate();
    sockets.close();
    await new Promise((resolve) => http.close(resolve));
  });

  const address = (): string => `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;

  const open = async () => {
    const client = new WebSocket(address());
    const connected = once(sockets, 'connection');
    await Promise.all([once(client, 'open'), connected]);
    return { client, ...(arrived.at(-1) as (typeof arrived)[number]) };
  };

  test('do so with the Node that runs this, past the streams', async () => {
    const { client, tcp, heard } = await open();
    let chunks = 0;
    tcp.on('data', () => {
      chunks += 1;
    });
    client.send('whole');
    while (heard.log.length === 0) await new Promise(setImmediate);
    expect([heard.log, chunks]).toEqual([['whole'], 0]);
  });

  test('hear all that their own clients said, unchanged and in order, however it was cut', async () => {
    const random = new Random(65_536);
    const all = [];
    for (let n = 0; n < CLIENTS; n += 1) all.push(await open());
    const said = all.map(() => [] as string[]);
    for (let frame = 0; frame < FRAMES; frame += 1) {
      for (const [n, { client }] of all.entries()) {
        const text = `${n}:${frame}:`.padEnd(random.pick(SIZES), String.fromCharCode(97 + n));
        if (random.chance(0.2)) {
          client.send(text.slice(0, 3), { fin: false });
          client.send(text.slice(3), { fin: true });
        } else client.send(text);
        said[n]?.push(text);
        if (random.chance(0.2)) {
          client.ping();
          said[n]?.push('control');
        }
      }
      if (random.chance(0.5)) await new Promise(setImmediate);
    }
    for (const { client } of all) client.close(1000);
    while (all.some(({ heard }) => heard.log.at(-1) !== 'closed')) await new Promise(setImmediate);
    for (const [n, { heard }] of all.entries()) expect(heard.log).toEqual([...(said[n] as string[]), 'closed']);
  }, 60_000);

  test('lose nothing while they are paused, and hear no more than they ask for', async () => {
    const { client, ws, tcp, heard } = await open();
    ws.pause();
    for (let frame = 0; frame < 100; frame += 1) client.send(`${frame}`.padEnd(60_000, '.'));
    // What the kernel does not take any more waits at the sender.
    let before = -1;
    while (client.bufferedAmount !== before) {
      before = client.bufferedAmount;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect([heard.log.length, before > 0, tcp.readableLength <= tcp.readableHighWaterMark]).toEqual([0, true, true]);
    ws.resume();
    while (heard.log.length < 100) await new Promise(setImmediate);
    expect(heard.log.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 100 }, (_, n) => n));
  }, 60_000);

  test('hear what came in one packet with the upgrade', async () => {
    const { port } = http.address() as AddressInfo;
    const tcp = connect(port, '127.0.0.1');
    const frame = Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from('early')]);
    const upgrade = [
      'GET / HTTP/1.1',
      'Host: a',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
    ];
    tcp.write(Buffer.concat([Buffer.from(`${upgrade.join('\r\n')}\r\n\r\n`), frame, frame.subarray(0, 3)]));
    await once(sockets, 'connection');
    const { heard } = arrived[0] as (typeof arrived)[number];
    while (heard.log.length < 1) await new Promise(setImmediate);
    tcp.write(frame.subarray(3));
    while (heard.log.length < 2) await new Promise(setImmediate);
    expect(heard.log).toEqual(['early', 'early']);
    tcp.destroy();
  });

  test('are told of a reset as of any end', async () => {
    const { client, heard } = await open();
    (client as unknown as { _socket: Socket })._socket.resetAndDestroy();
    while (heard.log.length === 0) await new Promise(setImmediate);
    expect(heard.log).toEqual(['closed']);
  });
});

describe('a socket of another kind', () => {
  const nobody: ChunkSink = { receiveChunk: () => 0 };

  test.each([
    ['without a handle', {}],
    ['whose handle takes no buffer', { _handle: {} }],
  ])('%s stays as it is', (_, shape) => {
    const socket = Object.assign(new Socket(), shape);
    const before = Object.getOwnPropertySymbols(socket).map((symbol) => socket[symbol as never]);
    expect(readIntoShared(socket, nobody)).toBe(false);
    expect(Object.getOwnPropertySymbols(socket).map((symbol) => socket[symbol as never])).toEqual(before);
  });
});
