import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { ServerWebSocket } from './server-web-socket.js';

/** What a socket keeps, as its own fields have it. */
interface Kept {
  readonly receiver: object | null;
  readonly _events: object | undefined;
}
const keptBy = (ws: ServerWebSocket) => ws as unknown as Kept;

describe('a socket of the server', () => {
  let http: Server;
  let sockets: InstanceType<typeof WebSocketServer>;
  let heard: string[];

  beforeEach(async () => {
    http = createServer();
    sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      WebSocket: ServerWebSocket,
      autoPong: false,
    });
    heard = [];
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => new Promise((resolve) => http.close(resolve)));

  const open = async (): Promise<{ client: WebSocket; ws: ServerWebSocket }> => {
    const entered = new Promise<ServerWebSocket>((resolve) => {
      http.once('upgrade', (request, tcp: Socket, head) =>
        sockets.handleUpgrade(request, tcp, head, (ws) => {
          const socket = ws as unknown as ServerWebSocket;
          socket.attach(
            {
              receive: (frame) => heard.push(frame.toString()),
              control: () => heard.push('control') > 0,
              close: (code) => heard.push(`close ${code}`),
              closed: () => heard.push('closed'),
            },
            tcp,
          );
          resolve(socket);
        }),
      );
    });
    const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
    await once(client, 'open');
    return { client, ws: await entered };
  };
  const until = async (text: string): Promise<void> => {
    while (heard.at(-1) !== text) await new Promise(setImmediate);
  };

  test('keeps neither a receiver nor a table of listeners while whole frames and pongs come', async () => {
    const { client, ws } = await open();
    expect([keptBy(ws).receiver, keptBy(ws)._events]).toEqual([null, undefined]);
    client.send('whole');
    client.pong('sign of life');
    client.send('again');
    await until('again');
    expect([heard, keptBy(ws).receiver]).toEqual([['whole', 'control', 'again'], null]);
    client.terminate();
    await until('closed');
  });

  test.each([
    ['a ping', (client: WebSocket) => client.ping(), 'control'],
    ['pieces', (client: WebSocket) => [client.send('in ', { fin: false }), client.send('pieces')], 'in pieces'],
  ])('has one from then on when %s came, and goes on as before', async (_, act, last) => {
    const { client, ws } = await open();
    act(client);
    await until(last);
    expect(keptBy(ws).receiver).not.toBeNull();
    client.send('whole');
    await until('whole');
    client.close(1000);
    const [code] = await once(client, 'close');
    await until('closed');
    expect([heard, code]).toEqual([[last, 'whole', 'closed'], 1000]);
  });

  test('is closed as ws closes, with none', async () => {
    const { client, ws } = await open();
    ws.close(1012, 'elsewhere');
    const [code, reason] = await once(client, 'close');
    await until('closed');
    expect([code, String(reason)]).toEqual([1012, 'elsewhere']);
  });

  test('hears of a client who only ends its side', async () => {
    const { client } = await open();
    const { _socket: tcp } = client as unknown as { _socket: Socket };
    tcp.end();
    await until('closed');
    expect(heard).toEqual(['closed']);
  });

  test('takes listeners of others after it knows its session', async () => {
    const { client, ws } = await open();
    let isResumed = false;
    ws.once('resumed', () => {
      isResumed = true;
    });
    ws.emit('resumed');
    expect([isResumed, ws.listenerCount('resumed')]).toEqual([true, 0]);
    client.terminate();
    await until('closed');
  });
});
