import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Random } from '../../test/fuzz/random.js';
import { SocketServer } from '../../test/support/socket-server.js';
import { DirectSocket } from './direct-socket.js';
import { WsSocket } from './ws-socket.js';

const CLIENTS = 12;
const FRAMES = 40;
const SIZES = [0, 1, 125, 126, 4_000, 65_000, 65_536, 200_000];

describe.each([
  ['with fast paths', true, DirectSocket],
  ['without fast paths', false, WsSocket],
])('an upgraded socket %s', (_, fastPaths, kind) => {
  let server: SocketServer;

  beforeEach(async () => {
    server = new SocketServer(fastPaths);
    await server.start();
  });

  afterEach(() => server.stop());

  test('is of the expected kind with the installed version of ws', async () => {
    expect((await server.open()).socket).toBeInstanceOf(kind);
  });

  test('receives whatever its own client sends, in order, whole or in fragments', async () => {
    const random = new Random(65_536);
    const pairs = [];
    for (let n = 0; n < CLIENTS; n += 1) pairs.push(await server.open());
    const sent = pairs.map(() => [] as string[]);
    for (let frame = 0; frame < FRAMES; frame += 1) {
      for (const [n, { client }] of pairs.entries()) {
        const text = `${n}:${frame}:`.padEnd(random.pick(SIZES), String.fromCharCode(97 + n));
        if (random.chance(0.2)) {
          client.send(text.slice(0, 3), { fin: false });
          if (random.chance(0.5)) {
            client.ping();
            sent[n]?.push('control');
          }
          client.send(text.slice(3), { fin: true });
        } else client.send(text);
        sent[n]?.push(text);
        if (random.chance(0.2)) {
          client.pong();
          sent[n]?.push('control');
        }
      }
      if (random.chance(0.5)) await new Promise(setImmediate);
    }
    for (const { client } of pairs) client.close(1000);
    await Promise.all(pairs.map(({ told }) => told.until('closed')));
    for (const [n, { told }] of pairs.entries()) expect(told.log).toEqual([...(sent[n] as string[]), 'closed']);
  }, 60_000);

  test('receives a frame that arrived in one packet with the upgrade', async () => {
    const tcp = connect(server.port, '127.0.0.1');
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
    const { told } = await server.nextArrival();
    while (told.log.length < 1) await new Promise(setImmediate);
    tcp.write(frame.subarray(3));
    while (told.log.length < 2) await new Promise(setImmediate);
    expect(told.log).toEqual(['early', 'early']);
    tcp.destroy();
  });

  test('answers a ping with its payload, and only if its session says so', async () => {
    const { client, told } = await server.open();
    const pongs: string[] = [];
    client.on('pong', (payload) => pongs.push(payload.toString()));
    client.ping('first');
    await told.until('control');
    told.answersPings = false;
    client.ping('second');
    client.send('text');
    await told.until('text');
    told.answersPings = true;
    client.ping('third');
    while (pongs.at(-1) !== 'third') await new Promise(setImmediate);
    expect(pongs).toEqual(['first', 'third']);
  });

  test('refuses binary messages with 4515', async () => {
    const { client, told } = await server.open();
    client.send(Buffer.from('bytes'));
    await told.until('close 4515');
    expect(told.log).toEqual(['close 4515']);
  });

  test('sends text and bytes, pings and a close in order, and nothing after the close', async () => {
    const { client, socket, told, received } = await server.open();
    socket.send('a');
    socket.ping();
    socket.send(Buffer.from('é'));
    socket.close(1012, 'elsewhere');
    socket.send('never');
    socket.ping();
    const [code, reason] = await once(client, 'close');
    await told.until('closed');
    expect([received, code, String(reason), told.log]).toEqual([
      ['a', 'ping', 'é'],
      1012,
      'elsewhere',
      ['control', 'closed'],
    ]);
  });

  test.each([
    ['with a code', [4_321, 'enough'], 4_321, 'enough'],
    ['without one', [], 1005, ''],
  ])('answers the close of a client %s', async (_name, args, code, reason) => {
    const { client, told } = await server.open();
    client.close(...(args as []));
    const [answered, text] = await once(client, 'close');
    await told.until('closed');
    expect([answered, String(text), told.log]).toEqual([code, reason, ['closed']]);
  });

  test('ends with a client that only ends its side, that resets, and when it is terminated', async () => {
    const tcpOf = (client: object) => (client as { _socket: import('node:net').Socket })._socket;
    const [ends, resets, terminated] = [await server.open(), await server.open(), await server.open()];
    tcpOf(ends.client).end();
    tcpOf(resets.client).resetAndDestroy();
    terminated.socket.terminate();
    for (const { told } of [ends, resets, terminated]) {
      await told.until('closed');
      expect(told.log).toEqual(['closed']);
    }
  });

  test('stops reading while it is paused, so that the client must wait, and loses nothing', async () => {
    const { client, socket, told } = await server.open();
    socket.pause();
    const frames = Array.from({ length: 400 }, (_frame, n) => `${n}`.padEnd(60 * 1024, '.'));
    for (const frame of frames) client.send(frame);
    // Until the kernel accepts no more from the client.
    for (let before = -1; client.bufferedAmount !== before; ) {
      before = client.bufferedAmount;
      for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    }
    expect(client.bufferedAmount).toBeGreaterThan(0);
    expect(told.log.length).toBeLessThan(10);
    socket.resume();
    while (told.log.length < frames.length) await new Promise(setImmediate);
    expect(told.log).toEqual(frames);
  });

  test('closes also while it is paused', async () => {
    const { client, socket, told } = await server.open();
    socket.pause();
    socket.close(4_321, 'enough');
    const [code] = await once(client, 'close');
    await told.until('closed');
    expect([code, told.log]).toEqual([4_321, ['closed']]);
  });

  test('counts what a client that does not read leaves unsent, and delivers it later', async () => {
    const { client, socket, received } = await server.open();
    client.pause();
    const frames = Array.from({ length: 300 }, (_frame, n) => `${n} ${'y'.repeat(40 * 1024)}`);
    for (const frame of frames) {
      socket.send(frame);
      await new Promise(setImmediate);
    }
    expect(socket.bufferedBytes).toBeGreaterThan(1024 * 1024);
    client.resume();
    while (received.length < frames.length) await new Promise(setImmediate);
    expect(received).toEqual(frames);
    expect(socket.bufferedBytes).toBe(0);
  });
});
