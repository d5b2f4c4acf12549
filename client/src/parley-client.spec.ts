import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DEFAULT_LIMITS } from '@parley/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import type { ParleyError } from './errors.js';
import type { ParleyClientOptions } from './options.js';
import { Clients, once } from './testing/clients.js';
import { type FakeGateway, participant } from './testing/fake-gateway.js';

let clients: Clients;
let gateway: FakeGateway;
const makeClient = (more?: Partial<ParleyClientOptions>) => clients.make(more);
const joined = () => clients.joined();

const line = (seq: number) => ({
  id: `m${seq}`,
  seq,
  user: 'user-a',
  name: 'a',
  from: 'a',
  at: seq,
  text: `line ${seq}`,
});

beforeEach(async () => {
  clients = await Clients.start({ WebSocket, WebSocketServer });
  gateway = clients.gateway;
});

afterEach(() => clients.stop());

describe('connecting', () => {
  it('says hello with a key of 32 bytes, the attempt and the feature heartbeat', async () => {
    await makeClient({ features: ['extra'] }).connect();
    expect(gateway.current.hello).toMatchObject({ token: 'token', attempt: 1, features: ['heartbeat', 'extra'] });
    expect(gateway.current.hello.key).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('rejects when the server refuses for good, with the reason', async () => {
    gateway.script.hello = (hello, send, socket) => {
      send({ type: 'error', re: hello.id, code: 'token_invalid', message: 'No.', retryable: false });
      socket.close(4501);
      return true;
    };
    const client = makeClient();
    const closed = once<ParleyError | undefined>((listener) => client.on('closed', listener));
    await expect(client.connect()).rejects.toMatchObject({ code: 'token_invalid', retryable: false });
    expect(await closed).toMatchObject({ code: 'token_invalid' });
    expect(client.state).toBe('closed');
  });

  it('keeps trying while the service is away, with a higher attempt each time and the same key', async () => {
    gateway.script.hello = (hello, _send, socket) => {
      if (hello.attempt >= 3) return false;
      socket.close(1012);
      return true;
    };
    await makeClient().connect();
    expect(gateway.of('hello').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(gateway.of('hello').map(({ key }) => key)).size).toBe(1);
  });

  it('asks for a fresh token at each connect, and comes back after token_expired', async () => {
    let tokens = 0;
    const client = makeClient({ token: () => `token-${++tokens}` });
    await client.connect();
    gateway.current.socket.close(4001);
    await gateway.until(() => gateway.sockets.length === 2);
    expect(gateway.current.hello.token).toBe('token-2');
  });

  it('ends when a token that cannot become fresh has expired', async () => {
    const client = makeClient({ token: 'fixed' });
    const closed = once<ParleyError | undefined>((listener) => client.on('closed', listener));
    await client.connect();
    gateway.current.socket.close(4001);
    expect(await closed).toMatchObject({ code: 'token_expired' });
  });

  it('refreshes the token in time, without a new socket', async () => {
    let tokens = 0;
    const client = makeClient({ token: async () => `token-${++tokens}` });
    await client.connect();
    gateway.current.send({ type: 'token_expiring', expiresAt: 0 });
    await gateway.until(() => gateway.of('refresh').length === 1);
    expect(gateway.of('refresh')[0]).toMatchObject({ token: 'token-2' });
    expect(gateway.sockets).toHaveLength(1);
  });

  it('hands the server a fresh token when it is asked to, and says why it could not', async () => {
    const tokens = ['token-1', 'token-2'];
    const client = makeClient({ token: () => tokens.shift() ?? Promise.reject(new Error('signed out')) });
    await client.connect();
    await client.refreshToken();
    expect(gateway.of('refresh')[0]).toMatchObject({ token: 'token-2' });
    await expect(client.refreshToken()).rejects.toMatchObject({ code: 'network', message: 'signed out' });
    await expect(makeClient({ token: 'fixed' }).refreshToken()).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('answers a ping with a pong', async () => {
    await makeClient().connect();
    gateway.current.send({ type: 'ping' });
    await gateway.until(() => gateway.of('pong').length === 1);
  });

  it('takes a normal close by the server for a reason to come back', async () => {
    await makeClient().connect();
    gateway.current.socket.close(1000);
    await gateway.until(() => gateway.sockets.length === 2);
    expect(gateway.current.hello.attempt).toBe(2);
  });

  it('asks a silent server, and opens another socket when there is no answer', async () => {
    gateway.script.limits = { ...DEFAULT_LIMITS, silenceMs: 8_000 };
    gateway.script.frame = ({ type }) => type === 'ping';
    await makeClient().connect();
    await gateway.until(() => gateway.sockets.length === 2);
    expect(gateway.of('ping')).toHaveLength(1);
  });

  it('asks at once whether the path is alive when the network changes', async () => {
    let changed = () => {};
    const client = makeClient({
      networkChanges: (listener) => {
        changed = listener;
        return () => {};
      },
    });
    await client.connect();
    changed();
    await gateway.until(() => gateway.of('ping').length === 1);
    expect(client.state).toBe('connected');
  });

  it('stops when its current socket is superseded by another holder of the key', async () => {
    const client = makeClient();
    const closed = once<ParleyError | undefined>((listener) => client.on('closed', listener));
    await client.connect();
    gateway.current.socket.close(4509);
    expect(await closed).toMatchObject({ code: 'superseded' });
  });

  it('does not take what was said of a signal for the reason of its end', async () => {
    const client = makeClient();
    const closed = once<ParleyError | undefined>((listener) => client.on('closed', listener));
    await client.connect();
    gateway.current.send({ type: 'error', to: 'a', seq: 1, code: 'peer_away', message: 'Away.', retryable: true });
    gateway.current.socket.close(4510);
    expect(await closed).toMatchObject({ code: 'token_invalid' });
  });

  it('on a drain opens the new socket first, and is not stopped when the old one is superseded by it', async () => {
    const client = makeClient();
    const states: string[] = [];
    await client.connect();
    client.on('state', (state) => states.push(state));
    const [old] = gateway.sockets;
    let openAtHello: boolean | undefined;
    gateway.script.hello = () => {
      openAtHello = old?.socket.readyState === WebSocket.OPEN;
      old?.socket.close(4509);
      return false;
    };
    old?.send({ type: 'drain', deadlineMs: 1_000, reconnectAfterMs: 10 });
    await gateway.until(() => gateway.sockets.length === 2);
    const room = await client.join('room', { media: false });
    expect(openAtHello).toBe(true);
    expect(room.self).toBe('me');
    expect(states).not.toContain('closed');
  });

  it('on a drain keeps the old socket until its rooms are joined on the new one, and not for ever', async () => {
    const { room } = await joined();
    const [old] = gateway.sockets;
    let openAtJoin: boolean | undefined;
    gateway.script.frame = ({ type }) => {
      if (type === 'join') openAtJoin = old?.socket.readyState === WebSocket.OPEN;
      return false;
    };
    old?.send({ type: 'drain', deadlineMs: 60_000, reconnectAfterMs: 10 });
    await gateway.until(() => openAtJoin !== undefined);
    expect(openAtJoin).toBe(true);
    await gateway.until(() => old?.socket.readyState === WebSocket.CLOSED);
    expect(room.self).toBe('me');
    expect(gateway.current.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('reports an exception of a listener as an error, also one of the error listener itself', async () => {
    const client = makeClient();
    const errors: ParleyError[] = [];
    const consoled = jest.spyOn(console, 'error').mockImplementation(() => {});
    client.on('error', (error) => {
      errors.push(error);
      throw new Error('of the error listener');
    });
    client.once('state', () => {
      throw new Error('mine');
    });
    await client.connect();
    expect(errors[0]).toMatchObject({ code: 'internal', message: 'mine' });
    expect(consoled).toHaveBeenCalledWith(expect.objectContaining({ message: 'of the error listener' }));
    consoled.mockRestore();
  });
});

describe('a room', () => {
  it('is joined again after a loss, under the same peer id, and those who stayed are no news', async () => {
    gateway.roster = [participant('a', 1)];
    const { client, room } = await joined();
    const news: string[] = [];
    for (const name of ['joined', 'left', 'peer', 'peer_gone', 'rejoined'] as const)
      room.on(name, () => news.push(name));
    gateway.current.socket.terminate();
    await gateway.until(() => gateway.of('join').length === 2);
    await room.update({ settled: true });
    expect(room.self).toBe('me');
    expect([...room.peers.keys()]).toEqual(['a']);
    expect(news).toEqual([]);
    expect(client.state).toBe('connected');
  });

  it('follows roster changes, and asks for a snapshot at a gap', async () => {
    const { room } = await joined();
    const joinedEvent = once<{ peer: string }>((listener) => room.on('joined', listener));
    const event = { event: 'joined', participant: participant('a', 6) };
    gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version: 2, events: [event] });
    expect((await joinedEvent).peer).toBe('a');
    gateway.version = 9;
    gateway.roster = [participant('b', 7)];
    const left = once<{ participant: { peer: string } }>((listener) => room.on('left', listener));
    gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version: 9, events: [] });
    expect((await left).participant.peer).toBe('a');
    expect([...room.participants.keys()].sort()).toEqual(['b', 'me']);
    expect(gateway.of('join')).toHaveLength(2);
  });

  it('hands the application what came right behind the join', async () => {
    gateway.roster = [participant('a', 1)];
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'join') return false;
      send(gateway.joined(frame.id));
      send({ type: 'signal', from: 'a', seq: 1, base: 1, kind: 'data' }, '{"n":1}');
      send({ type: 'broadcast', room: 'room', from: 'a', kind: 'wave' }, '2');
      return true;
    };
    const { room } = await joined();
    const seen: unknown[] = [];
    room.on('signal', ({ data }) => seen.push(data));
    const wave = once<{ data: unknown }>((listener) => room.on('broadcast', listener));
    expect((await wave).data).toBe(2);
    expect(seen).toEqual([{ n: 1 }]);
  });

  it('keeps a signal that overtook the roster change of its sender', async () => {
    const { room } = await joined();
    const signal = once((listener) => room.on('signal', listener));
    gateway.current.send({ type: 'signal', from: 'a', seq: 1, base: 1, kind: 'data' }, '"early"');
    const event = { event: 'joined', participant: participant('a', 6) };
    gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version: 2, events: [event] });
    expect(await signal).toEqual({ from: 'a', data: 'early' });
    await gateway.until(() => gateway.of('ack').length === 1);
  });

  it('sends a signal again on the next socket, and reports it delivered once it is acknowledged', async () => {
    gateway.roster = [participant('a', 1)];
    const { room } = await joined();
    const sent = room.peers.get('a' as never)?.send({ n: 1 });
    await gateway.until(() => gateway.of('signal').length === 1);
    gateway.current.socket.terminate();
    await gateway.until(() => gateway.of('signal').length === 2);
    expect(gateway.of('signal').map(({ to, seq, base, kind }) => ({ to, seq, base, kind }))).toEqual(
      Array(2).fill({ to: 'a', seq: 1, base: 1, kind: 'data' }),
    );
    gateway.current.send({ type: 'ack', from: 'a', upto: 1 });
    expect(await sent).toEqual({ result: 'delivered' });
  });

  it('gives the signals to a peer that left the result peer_gone', async () => {
    gateway.roster = [participant('a', 1)];
    const { room } = await joined();
    const sent = room.peers.get('a' as never)?.send(1);
    const event = { event: 'left', peer: 'a', reason: 'expired' };
    gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version: 2, events: [event] });
    expect(await sent).toEqual({ result: 'peer_gone' });
  });

  it('refuses a signal that no frame can hold, at once', async () => {
    gateway.roster = [participant('a', 1)];
    const { room } = await joined();
    const sent = await room.peers.get('a' as never)?.send('x'.repeat(70_000));
    expect(sent).toEqual({ result: 'rejected', code: 'payload_too_large' });
    await expect(room.peers.get('a' as never)?.send(() => {})).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('starts a fresh session when its own had ended, and comes back as a new peer', async () => {
    gateway.roster = [participant('a', 1)];
    const { room } = await joined();
    const rejoined = once<{ self: string }>((listener) => room.on('rejoined', listener));
    const gone = once<{ id: string }>((listener) => room.on('peer_gone', listener));
    const back = once<{ id: string }>((listener) => room.on('peer', listener));
    const sent = room.peers.get('a' as never)?.send(1);
    const firstKey = gateway.current.hello.key;
    gateway.script.frame = (frame, { hello, send }) => {
      if (frame.type !== 'join' || hello.key !== firstKey) return false;
      send({ type: 'error', re: frame.id, code: 'session_ended', message: 'Over.', retryable: false });
      gateway.self = 'me-again';
      return true;
    };
    gateway.current.socket.terminate();
    expect((await gone).id).toBe('a');
    expect(await sent).toEqual({ result: 'unknown', why: 'session_ended' });
    expect((await rejoined).self).toBe('me-again');
    expect((await back).id).toBe('a');
    expect(gateway.current.hello.key).not.toBe(firstKey);
    expect(room.self).toBe('me-again');
  });

  it('is entered again under a fresh session, for nobody knows whether the server heard of the leave', async () => {
    gateway.roster = [participant('a', 1)];
    const { client, room } = await joined();
    const firstKey = gateway.current.hello.key;
    const heard: unknown[] = [];
    gateway.script.frame = ({ type }) => type === 'leave';
    const left = room.leave();
    // No frame names its receiver: this one is for the peer that is over.
    gateway.current.send({ type: 'signal', from: 'a', seq: 1, base: 1, kind: 'data' }, '"for the former peer"');
    gateway.self = 'me-again';
    const again = await client.join('room', { media: false });
    again.on('signal', ({ data }) => heard.push(data));
    expect(gateway.current.hello.key).not.toBe(firstKey);
    expect(again.self).toBe('me-again');
    gateway.current.send({ type: 'signal', from: 'a', seq: 1, base: 1, kind: 'data' }, '"for this one"');
    await gateway.until(() => gateway.of('ack').length === 1);
    expect(heard).toEqual(['for this one']);
    await left;
  });

  it('keeps the session when a first join was refused', async () => {
    const { client } = await joined();
    const firstKey = gateway.current.hello.key;
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'join' || frame.room !== 'other') return false;
      send({ type: 'error', re: frame.id, code: 'room_full', message: 'Full.', retryable: true });
      return true;
    };
    for (let attempt = 0; attempt < 2; attempt += 1)
      await expect(client.join('other', { media: false })).rejects.toMatchObject({ code: 'room_full' });
    expect(gateway.current.hello.key).toBe(firstKey);
  });

  it('is over when this client was removed from it', async () => {
    const { client, room } = await joined();
    const removed = once((listener) => room.on('removed', listener));
    gateway.current.send({ type: 'removed', room: 'room', reason: 'removed' });
    expect(await removed).toBe('removed');
    await expect(room.sendChat('x')).rejects.toMatchObject({ code: 'closed' });
    expect(client.state).toBe('connected');
  });

  it('cannot be joined when the server says so', async () => {
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'join') return false;
      send({ type: 'error', re: frame.id, code: 'room_full', message: 'Full.', retryable: true });
      return true;
    };
    await expect(makeClient().join('room', { media: false })).rejects.toMatchObject({ code: 'room_full' });
  });

  it('asks again after a refusal that passes', async () => {
    let refused = 0;
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'join' || ++refused > 2) return false;
      send({ type: 'error', re: frame.id, code: 'unavailable', message: 'Later.', retryable: true, retryAfterMs: 50 });
      return true;
    };
    const { room } = await joined();
    expect(room.self).toBe('me');
    expect(gateway.of('join')).toHaveLength(3);
  });
});

describe('chat', () => {
  it('resolves a line once it is kept, sent again under the same id after a loss', async () => {
    const { room } = await joined();
    gateway.script.frame = (frame, { send, socket }) => {
      if (frame.type !== 'chat') return false;
      if (gateway.of('chat').length === 1) socket.terminate();
      else send({ type: 'chat', re: frame.id, room: 'room', ...line(1), id: frame.id, text: frame.text });
      return true;
    };
    const kept = await room.sendChat('hello');
    expect(kept).toMatchObject({ seq: 1, text: 'hello' });
    expect(new Set(gateway.of('chat').map(({ id }) => id)).size).toBe(1);
  });

  it('fills what was missed during a break before what came after it, each line once', async () => {
    const { room } = await joined();
    const seen: number[] = [];
    room.on('chat', ({ seq }) => seen.push(seq));
    await gateway.until(() => gateway.of('history').length === 1);
    gateway.current.send({ type: 'chat', room: 'room', ...line(1) });
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'history') return false;
      const after = Number(frame.after);
      const messages = after === 1 ? [line(2), line(3)] : after === 3 ? [line(4)] : [];
      if (after === 1) send({ type: 'chat', room: 'room', ...line(5) });
      send({ type: 'history', re: frame.id, room: 'room', messages, more: after === 1 });
      return true;
    };
    gateway.current.socket.close(1012);
    await gateway.until(() => gateway.of('history').length >= 3);
    const last = once((listener) => room.on('chat', ({ seq }) => seq === 6 && listener(seq)));
    gateway.current.send({ type: 'chat', room: 'room', ...line(3) });
    gateway.current.send({ type: 'chat', room: 'room', ...line(6) });
    await last;
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('refuses a line that is longer than the limit', async () => {
    const { room } = await joined();
    await expect(room.sendChat('x'.repeat(5_000))).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  it('refuses more than 64 requests that wait', async () => {
    const { room } = await joined();
    gateway.script.frame = ({ type }) => type === 'chat';
    const waiting = Array.from({ length: 64 }, (_, n) => room.sendChat(`line ${n}`).catch(() => {}));
    await expect(room.sendChat('one too many')).rejects.toMatchObject({ code: 'rate_limited' });
    await room.leave();
    await Promise.all(waiting);
  });
});
