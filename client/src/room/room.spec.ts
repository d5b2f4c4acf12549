import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { Clients, once } from '../testing/clients.js';
import { type FakeGateway, participant } from '../testing/fake-gateway.js';

let clients: Clients;
let gateway: FakeGateway;

beforeEach(async () => {
  clients = await Clients.start({ WebSocket, WebSocketServer });
  gateway = clients.gateway;
});

afterEach(() => clients.stop());

describe('a room', () => {
  it('is joined again after a loss, under the same peer id, and those who stayed are no news', async () => {
    gateway.roster = [participant('a', 1)];
    const { client, room } = await clients.joined();
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
    const { room } = await clients.joined();
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

  it('follows the store back to an earlier epoch, and reports participants who join there', async () => {
    const { room } = await clients.joined();
    const goTo = async (epoch: string, version: number, peer: string) => {
      Object.assign(gateway, { epoch, version, roster: [participant(peer, 6)] });
      const told = once<{ peer: string }>((listener) => room.on('joined', listener));
      gateway.current.send({ type: 'roster', room: 'room', epoch, version, events: [] });
      expect((await told).peer).toBe(peer);
    };
    await goTo('epoch-2', 1, 'a');
    await goTo('epoch-1', 1, 'b');
    const told = once<{ peer: string }>((listener) => room.on('joined', listener));
    const event = { event: 'joined', participant: participant('c', 7) };
    gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version: 2, events: [event] });
    expect((await told).peer).toBe('c');
  });

  it('is another one when it is joined again after a cancelled join, and not entered by the answer to that', async () => {
    const client = clients.make();
    const held: string[] = [];
    gateway.script.frame = (frame) => frame.type === 'join' && held.push(frame.id) > 0;
    const given = new AbortController();
    const first = client.join('room', { media: false, signal: given.signal });
    await gateway.until(() => held.length === 1);
    given.abort();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    const second = client.join('room', { media: false });
    await gateway.until(() => held.length === 2);
    gateway.current.send({ ...gateway.joined(held[0] as string), peer: 'cancelled' });
    gateway.current.send({ type: 'removed', room: 'room', reason: 'removed' });
    gateway.current.send(gateway.joined(held[1] as string));
    const room = await second;
    expect(room.self).toBe('me');
    expect(held).toHaveLength(2);
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
    const { room } = await clients.joined();
    const seen: unknown[] = [];
    room.on('signal', ({ data }) => seen.push(data));
    const wave = once<{ data: unknown }>((listener) => room.on('broadcast', listener));
    expect((await wave).data).toBe(2);
    expect(seen).toEqual([{ n: 1 }]);
  });

  it('keeps a signal that overtook the roster change of its sender', async () => {
    const { room } = await clients.joined();
    const signal = once((listener) => room.on('signal', listener));
    gateway.current.send({ type: 'signal', from: 'a', seq: 1, base: 1, kind: 'data' }, '"early"');
    const event = { event: 'joined', participant: participant('a', 6) };
    gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version: 2, events: [event] });
    expect(await signal).toEqual({ from: 'a', data: 'early' });
    await gateway.until(() => gateway.of('ack').length === 1);
  });

  it('sends a signal again on the next socket, and reports it delivered once it is acknowledged', async () => {
    gateway.roster = [participant('a', 1)];
    const { room } = await clients.joined();
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
    const { room } = await clients.joined();
    const sent = room.peers.get('a' as never)?.send(1);
    const event = { event: 'left', peer: 'a', reason: 'expired' };
    gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version: 2, events: [event] });
    expect(await sent).toEqual({ result: 'peer_gone' });
  });

  it('refuses a signal that no frame can hold, at once', async () => {
    gateway.roster = [participant('a', 1)];
    const { room } = await clients.joined();
    const sent = await room.peers.get('a' as never)?.send('x'.repeat(70_000));
    expect(sent).toEqual({ result: 'rejected', code: 'payload_too_large' });
    await expect(room.peers.get('a' as never)?.send(() => {})).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('starts a fresh session when its own had ended, and comes back as a new peer', async () => {
    gateway.roster = [participant('a', 1)];
    const { room } = await clients.joined();
    const shown: string[][] = [];
    room.on('rejoined', () => shown.push([...room.participants.keys()]));
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
    // The roster is the one that came with the new peer id.
    expect(shown).toEqual([expect.arrayContaining(['me-again'])]);
    expect((await back).id).toBe('a');
    expect(gateway.current.hello.key).not.toBe(firstKey);
    expect(room.self).toBe('me-again');
  });

  it('is joined again under a new session, because the server may not have received the leave', async () => {
    gateway.roster = [participant('a', 1)];
    const { client, room } = await clients.joined();
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

  it('takes nothing from frames of the earlier session that come up after it ended', async () => {
    // Deferred frames come up when the timer of 0 ms fires.
    const deferred: (() => void)[] = [];
    const clock = {
      now: () => performance.now(),
      setTimeout: (run: () => void, ms: number) => (ms === 0 ? deferred.push(run) : setTimeout(run, ms)),
      clearTimeout: (timer: unknown) => clearTimeout(timer as number),
    };
    const client = clients.make({ clock });
    await (await client.join('room', { media: false })).leave();
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'join') return false;
      if (gateway.sockets.length > 1) return true;
      const event = { event: 'joined', peer: 'a', participant: participant('a', 6) };
      send({ ...gateway.joined(frame.id), room: 'other' });
      send({ type: 'roster', room: 'other', epoch: 'epoch-1', version: 2, events: [event] });
      return true;
    };
    const other = await client.join('other', { media: false });
    const heard: string[] = [];
    for (const name of ['peer', 'roster'] as const) other.on(name, () => heard.push(name));
    // The room that was left is entered again: that needs a new session.
    client.join('room', { media: false }).catch(() => {});
    await gateway.until(() => gateway.sockets.length === 2);
    for (const run of deferred.splice(0)) run();
    expect([heard, [...other.peers.keys()]]).toEqual([[], []]);
  });

  it('keeps the session when a first join was refused', async () => {
    const { client } = await clients.joined();
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
    const { client, room } = await clients.joined();
    const removed = once((listener) => room.on('removed', listener));
    // Another peer of this client, of an earlier session.
    gateway.current.send({ type: 'removed', room: 'room', peer: 'ended', reason: 'room_closed' });
    gateway.current.send({ type: 'removed', room: 'room', peer: 'me', reason: 'removed' });
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
    await expect(clients.make().join('room', { media: false })).rejects.toMatchObject({ code: 'room_full' });
  });

  it('asks again after a refusal that passes', async () => {
    let refused = 0;
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'join' || ++refused > 2) return false;
      send({ type: 'error', re: frame.id, code: 'unavailable', message: 'Later.', retryable: true, retryAfterMs: 50 });
      return true;
    };
    const { room } = await clients.joined();
    expect(room.self).toBe('me');
    expect(gateway.of('join')).toHaveLength(3);
  });
});
