import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import { Requests } from './connection/requests.js';
import { Clients } from './testing/clients.js';
import type { FakeGateway, FakeSocket, Received } from './testing/fake-gateway.js';
import { VirtualClock } from './testing/virtual-clock.js';

let clients: Clients;
let gateway: FakeGateway;

beforeEach(async () => {
  clients = await Clients.start({ WebSocket, WebSocketServer });
  gateway = clients.gateway;
});

afterEach(() => clients.stop());

describe('a join that is cancelled and asked again', () => {
  it('within one round trip takes the answer to its own question alone', async () => {
    const held: Received[] = [];
    const answers: FakeSocket[] = [];
    gateway.script.frame = (frame, from) => {
      if (gateway.sockets.length > 1 || frame.type === 'ping') return false;
      held.push(frame);
      answers.push(from);
      return true;
    };
    const client = clients.make();
    await client.connect();
    const cancel = new AbortController();
    const first = client.join('room', { media: false, signal: cancel.signal }).catch((error) => error);
    await gateway.until(() => gateway.of('join').length === 1);
    cancel.abort();
    expect(await first).toMatchObject({ code: 'cancelled' });
    const second = client.join('room', { media: false });
    await gateway.until(() => gateway.of('join').length === 2);
    // The server lets the first one in, then out again: the session cannot enter this room any more.
    const [join, leave, again] = held as [Received, Received, Received];
    expect([join.type, leave.type, again.type]).toEqual(['join', 'leave', 'join']);
    gateway.self = 'another';
    const { send } = answers[0] as FakeSocket;
    send({ ...gateway.joined(join.id), peer: 'ended' });
    send({ type: 'left', re: leave.id, room: 'room' });
    send({ type: 'error', re: again.id, code: 'session_ended', message: 'Ended.', retryable: false });
    const room = await second;
    expect(room.self).toBe('another');
    expect(gateway.sockets).toHaveLength(2);
  });

  it('is not given up while another call waits for the same room', async () => {
    const joins: Received[] = [];
    gateway.script.frame = (frame) => frame.type === 'join' && joins.push(frame) > 0;
    const client = clients.make();
    const cancel = new AbortController();
    const first = client.join('room', { media: false, signal: cancel.signal }).catch((error) => error);
    const other = new AbortController();
    const second = client.join('room', { media: false, signal: other.signal });
    await gateway.until(() => joins.length === 1);
    cancel.abort();
    expect(await first).toMatchObject({ code: 'cancelled' });
    gateway.current.send(gateway.joined((joins[0] as Received).id));
    expect((await second).self).toBe('me');
    other.abort();
    expect((await second).attached).toBe(true);
    expect(gateway.of('leave')).toEqual([]);
  });

  it('is given up when every call that waits for it is cancelled', async () => {
    gateway.script.frame = ({ type }) => type === 'join';
    const client = clients.make();
    const signals = [new AbortController(), new AbortController()];
    const outcomes = signals.map(({ signal }) => client.join('room', { media: false, signal }).catch((error) => error));
    await gateway.until(() => gateway.of('join').length === 1);
    for (const cancel of signals) cancel.abort();
    expect(await Promise.all(outcomes)).toMatchObject([{ code: 'cancelled' }, { code: 'cancelled' }]);
    await gateway.until(() => gateway.of('leave').length === 1);
  });
});

describe('the signal of a join', () => {
  /** A client that never gets a connection: each socket is closed before its welcome. */
  const unreachable = () => {
    gateway.script.hello = (_hello, _send, socket) => {
      socket.close(1012);
      return true;
    };
    return clients.make();
  };

  it('covers connecting', async () => {
    const client = unreachable();
    const cancel = new AbortController();
    const join = client.join('room', { media: false, signal: cancel.signal });
    const connect = client.connect({ signal: cancel.signal });
    await gateway.until(() => gateway.of('hello').length === 2);
    cancel.abort('mine');
    await expect(join).rejects.toMatchObject({ code: 'cancelled', cause: 'mine' });
    await expect(connect).rejects.toMatchObject({ code: 'cancelled' });
    expect(client.state).toBe('connecting');
  });

  it('that was aborted before sends nothing and opens no connection', async () => {
    const client = clients.make();
    const signal = AbortSignal.abort();
    await expect(client.join('room', { media: false, signal })).rejects.toMatchObject({ code: 'cancelled' });
    await expect(client.connect({ signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect([client.state, gateway.of('hello')]).toEqual(['idle', []]);
  });

  it('ends the wait of its own caller alone, also while there is no connection', async () => {
    const client = unreachable();
    const cancel = new AbortController();
    const first = client.join('room', { media: false, signal: cancel.signal }).catch((error) => error);
    const second = client.join('room', { media: false, signal: new AbortController().signal });
    const third = client.connect();
    await gateway.until(() => gateway.of('hello').length === 1);
    cancel.abort();
    expect(await first).toMatchObject({ code: 'cancelled' });
    gateway.script = {};
    await third;
    expect((await second).self).toBe('me');
    expect(gateway.of('join')).toHaveLength(1);
  });

  it('in a lobby leaves the others waiting, each with its own notice', async () => {
    gateway.script.frame = (frame, { send }) => {
      if (frame.type === 'join') send({ type: 'waiting', re: frame.id, room: frame['room'] });
      return frame.type === 'join';
    };
    const client = clients.make();
    const cancel = new AbortController();
    const notices: string[] = [];
    const join = (name: string, more: { signal?: AbortSignal } = {}) => {
      let told = () => {};
      const waits = new Promise<void>((resolve) => {
        told = resolve;
      });
      const waiting = () => {
        notices.push(name);
        told();
      };
      return { waits, outcome: client.join('room', { media: false, waiting, ...more }).catch((error) => error) };
    };
    const first = join('first', { signal: cancel.signal });
    await first.waits;
    const second = join('second');
    await second.waits;
    cancel.abort();
    expect(await first.outcome).toMatchObject({ code: 'cancelled' });
    gateway.script = {};
    gateway.current.send({ type: 'admitted', room: 'room' as RoomId });
    expect(await second.outcome).toMatchObject({ self: 'me' });
    expect([notices, gateway.of('leave')]).toEqual([['first', 'second'], []]);
  });
});

describe('a session that is replaced', () => {
  it('leaves the rooms whose join is still under way, too', async () => {
    let held = 0;
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'join') return false;
      if (frame['room'] !== 'room' || held++ > 0) send({ ...gateway.joined(frame.id), room: frame['room'] });
      return true;
    };
    const client = clients.make();
    const spent = await client.join('spent', { media: false });
    await spent.leave();
    const entering = client.join('room', { media: false });
    await gateway.until(() => held === 1);
    const again = client.join('spent', { media: false });
    expect((await entering).id).toBe('room');
    await again;
    expect(gateway.sockets).toHaveLength(2);
    expect(gateway.of('leave').map((frame) => frame['room'])).toEqual(['spent', 'room']);
    // A server forgets the frames of a socket that has ended, and the leave waits behind the join.
    expect(gateway.sockets.map(({ socket }) => socket.readyState)).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  });
});

describe('a leave without an answer', () => {
  it('is not said again once its room is entered again', async () => {
    const clock = new VirtualClock();
    const said: string[] = [];
    const requests = new Requests(
      clock,
      () => 0.5,
      ({ header }) => said.push(header.id) > 0,
    );
    const [room, other] = ['room', 'other'] as RoomId[];
    const leave = (id: string, of: RoomId | undefined) =>
      requests.send({ header: { type: 'leave', id, room: of as RoomId } }).catch(({ code }) => code);
    const outcomes = [leave('1', room), leave('2', other)];
    const frame = { type: 'error', code: 'unavailable', message: 'Later.', retryable: true } as const;
    for (const re of ['1', '2']) requests.refuse(re, { ...frame, re });
    requests.withdrawLeaves(room as RoomId);
    clock.advance(5_000);
    requests.flush();
    expect(said.filter((id) => id === '1')).toEqual(['1']);
    expect(said.filter((id) => id === '2').length).toBeGreaterThan(1);
    requests.settle('2', { type: 'left', re: '2', room: other as RoomId });
    expect(await outcomes[0]).toBe('cancelled');
  });
});
