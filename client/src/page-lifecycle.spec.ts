import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import { Clients, once } from './testing/clients.js';
import { type FakeGateway, participant } from './testing/fake-gateway.js';

let clients: Clients;
let gateway: FakeGateway;
/** Takes the place of the page, which Node does not have. */
let page: EventTarget;
const hide = () => page.dispatchEvent(new Event('pagehide'));
const show = () => page.dispatchEvent(new Event('pageshow'));

// For the whole file: clients that a test leaves behind remove their listeners when their `close` is done.
beforeAll(() => {
  for (const name of ['addEventListener', 'removeEventListener'] as const) {
    const value = (...listener: Parameters<EventTarget['addEventListener']>) => page[name](...listener);
    Object.defineProperty(globalThis, name, { configurable: true, value });
  }
});
beforeEach(async () => {
  page = new EventTarget();
  clients = await Clients.start({ WebSocket, WebSocketServer });
  gateway = clients.gateway;
});
afterEach(() => clients.stop());

const isClosed = (at: number) => () => gateway.sockets[at]?.socket.readyState === WebSocket.CLOSED;

describe('a page that goes away', () => {
  it('leaves its rooms at once and closes its socket', async () => {
    gateway.script.frame = (frame, { send }) => {
      if (frame.type === 'join') send({ ...gateway.joined(frame.id), room: frame['room'] });
      return frame.type === 'join';
    };
    const { client } = await clients.joined();
    await client.join('other', { media: false });
    hide();
    await gateway.until(isClosed(0));
    expect(gateway.of('leave').map((frame) => frame['room'])).toEqual(['room', 'other']);
    expect(client.state).toBe('reconnecting');
  });

  it('leaves the lobby in which it waits', async () => {
    gateway.script.frame = (frame, { send }) => {
      if (frame.type === 'join') send({ type: 'waiting', re: frame.id, room: frame['room'] as RoomId });
      return frame.type === 'join';
    };
    const client = clients.make();
    await new Promise<void>((resolve) => {
      client.join('room', { media: false, waiting: resolve }).catch(() => {});
    });
    hide();
    await gateway.until(isClosed(0));
    expect(gateway.of('leave')).toMatchObject([{ room: 'room' }]);
  });

  it('has a working client when it returns, in the same rooms as a new peer', async () => {
    gateway.roster = [participant('a', 1)];
    const { client, room } = await clients.joined();
    const gone: string[] = [];
    room.on('peer_gone', ({ id }) => gone.push(id));
    hide();
    expect(gone).toEqual(['a']);
    gateway.self = 'again';
    const rejoined = once<{ self: string }>((listener) => room.on('rejoined', listener));
    show();
    expect(await rejoined).toEqual({ self: 'again' });
    await room.update({ back: true });
    expect([client.state, room.self, [...room.peers.keys()]]).toEqual(['connected', 'again', ['a']]);
    expect(new Set(gateway.of('hello').map(({ key }) => key)).size).toBe(2);
  });

  it('does so again and again', async () => {
    const { room } = await clients.joined();
    for (let visit = 2; visit < 5; visit++) {
      gateway.self = `visit-${visit}`;
      const rejoined = once((listener) => room.on('rejoined', listener));
      hide();
      hide();
      show();
      show();
      await rejoined;
      await room.update({ visit });
      expect([room.self, gateway.sockets.length]).toEqual([`visit-${visit}`, visit]);
    }
  });

  it('does not connect while it is away, and goes on connecting when it returns', async () => {
    let token = (_token: string) => {};
    const client = clients.make({
      token: () =>
        new Promise((resolve) => {
          token = resolve;
        }),
    });
    const connected = client.connect();
    hide();
    token('late');
    show();
    token('new');
    await connected;
    expect(gateway.of('hello')).toMatchObject([{ attempt: 1 }]);
  });

  it('keeps its session if the application says so', async () => {
    const client = clients.make({ leaveOnPageHide: false });
    const room = await client.join('room', { media: false });
    hide();
    await room.update({ here: true });
    expect([gateway.of('leave'), gateway.sockets.length, client.state]).toEqual([[], 1, 'connected']);
  });

  it('changes nothing for a client that is closed or was never connected', async () => {
    const idle = clients.make();
    const { client } = await clients.joined();
    await client.close();
    hide();
    show();
    await idle.connect();
    expect([client.state, gateway.sockets.length]).toEqual(['closed', 2]);
  });
});
