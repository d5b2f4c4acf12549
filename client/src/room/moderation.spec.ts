import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PeerId } from '@parley/protocol';
import { WebSocket, WebSocketServer } from 'ws';
import type { ParleyError } from '../errors.js';
import { Clients, once } from '../testing/clients.js';
import { type FakeGateway, participant } from '../testing/fake-gateway.js';
import type { Room } from './room.js';

const A = 'a' as PeerId;
const ROOM = { type: 'room', room: 'room', name: 'Daily', access: 'lobby', locked: false, capacity: 9, metadata: {} };
const GRACE = { knock: 'k1', user: 'user-grace', name: 'Grace', since: 1 };

let clients: Clients;
let gateway: FakeGateway;

beforeEach(async () => {
  clients = await Clients.start({ WebSocket, WebSocketServer });
  gateway = clients.gateway;
});
afterEach(() => clients.stop());

/** The gateway keeps everybody waiting until a test says otherwise. */
const requireAdmission = () => {
  gateway.script.frame = (frame, { send }) => {
    if (frame.type !== 'join') return false;
    send({ type: 'waiting', re: frame.id, room: frame.room });
    return true;
  };
};
const allowEveryone = () => {
  gateway.script.frame = undefined as never;
};

const knock = async (signal?: AbortSignal) => {
  let waits = 0;
  let told = () => {};
  const waiting = () => {
    waits += 1;
    told();
  };
  const client = clients.make();
  const wasNotified = new Promise<void>((resolve) => {
    told = resolve;
  });
  const entered = client.join('room', { media: false, waiting, ...(signal && { signal }) });
  const outcome: Promise<Room | ParleyError> = entered.catch((error: ParleyError) => error);
  await wasNotified;
  return { client, outcome, waits: () => waits };
};

describe('a lobby', () => {
  it('joins at once when the user is admitted', async () => {
    requireAdmission();
    const { outcome, waits } = await knock();
    allowEveryone();
    gateway.current.send({ type: 'admitted', room: 'room' });
    expect(await outcome).toMatchObject({ self: 'me' });
    expect(waits()).toBe(1);
    expect(gateway.of('join')).toHaveLength(2);
  });

  it.each([
    ['denied', 'denied'],
    ['banned', 'banned'],
    ['room_closed', 'room_not_found'],
    ['expired', 'timeout'],
  ])('rejects a join refused with %s with the code %s, and the next join knocks again', async (reason, code) => {
    requireAdmission();
    const { client, outcome } = await knock();
    const { key } = gateway.current.hello;
    gateway.current.send({ type: 'refused', room: 'room', reason });
    expect(await outcome).toMatchObject({ code });
    allowEveryone();
    expect(await client.join('room', { media: false })).toMatchObject({ self: 'me' });
    expect(gateway.current.hello.key).toBe(key);
  });

  it('is waited in again after a lost socket, and the application is told', async () => {
    requireAdmission();
    const { outcome, waits } = await knock();
    gateway.current.socket.terminate();
    await gateway.until(() => gateway.of('join').length === 2);
    allowEveryone();
    gateway.current.send({ type: 'admitted', room: 'room' });
    expect(await outcome).toMatchObject({ self: 'me' });
    expect(waits()).toBe(2);
  });

  it('is left by who does not want to wait, and the server hears of it', async () => {
    requireAdmission();
    const cancel = new AbortController();
    const { client, outcome } = await knock(cancel.signal);
    cancel.abort();
    expect(await outcome).toMatchObject({ code: 'cancelled' });
    await gateway.until(() => gateway.of('leave').length === 1);
    // Somebody answers all the same: it is nobody's any more.
    gateway.current.send({ type: 'admitted', room: 'room' });
    gateway.current.send({ type: 'ping' });
    await gateway.until(() => gateway.of('pong').length === 1);
    expect(gateway.of('join')).toHaveLength(1);
    await expect(client.join('room', { signal: cancel.signal, media: false })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('does not end a visit when the signal is aborted after it began', async () => {
    const cancel = new AbortController();
    const { room } = await clients.joined({ signal: cancel.signal });
    cancel.abort();
    await room.update({ here: true });
    expect(gateway.of('leave')).toEqual([]);
  });

  it('gives up what an exception of the application does not stop', async () => {
    requireAdmission();
    const client = clients.make();
    const fault = once<ParleyError>((listener) => client.on('error', listener));
    const waiting = () => {
      throw new Error('mine');
    };
    const entered = client.join('room', { media: false, waiting });
    expect(await fault).toMatchObject({ message: 'mine' });
    allowEveryone();
    gateway.current.send({ type: 'admitted', room: 'room' });
    expect(await entered).toMatchObject({ self: 'me' });
  });
});

describe('an invite', () => {
  it('goes with the joins until this client is in, and not with those after', async () => {
    let asked = 0;
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'join' || ++asked > 1) return false;
      send({ type: 'error', re: frame.id, code: 'unavailable', message: 'Later.', retryable: true });
      return true;
    };
    const invite = 'ticket'.padEnd(43, '_');
    await clients.joined({ invite });
    gateway.current.socket.terminate();
    await gateway.until(() => gateway.of('join').length === 3);
    expect(gateway.of('join').map((join) => join['invite'])).toEqual([invite, invite, undefined]);
  });
});

describe('a room’s state', () => {
  it('is what the server said last', async () => {
    const { room } = await clients.joined();
    expect(room.info).toBeUndefined();
    const first = once((listener) => room.on('info', listener));
    gateway.current.send(ROOM);
    const info = { name: 'Daily', access: 'lobby', locked: false, capacity: 9, metadata: {} };
    expect(await first).toEqual(info);
    const second = once((listener) => room.on('info', listener));
    gateway.current.send({ ...ROOM, locked: true });
    await second;
    expect(room.info).toEqual({ ...info, locked: true });
  });

  it('shows a moderator who is waiting, until the lobby is off or the role is lost', async () => {
    const { room } = await clients.joined();
    const lists: number[] = [];
    room.on('knocking', ({ length }) => lists.push(length));
    const permitted = (version: number, role: string) => {
      const event = { event: 'permitted', peer: 'me', role, publish: true, chat: true };
      gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version, events: [event] });
    };
    permitted(2, 'moderator');
    gateway.current.send({ type: 'knocking', room: 'room', knocks: [GRACE] });
    const shown = once((listener) => room.on('info', listener));
    gateway.current.send(ROOM);
    await shown;
    expect(room.knocks).toEqual([GRACE]);
    const opened = once((listener) => room.on('info', listener));
    gateway.current.send({ ...ROOM, access: 'open' });
    await opened;
    expect(room.knocks).toEqual([]);
    gateway.current.send({ type: 'knocking', room: 'room', knocks: [GRACE] });
    const demoted = once((listener) => room.on('permitted', listener));
    permitted(3, 'member');
    expect(await demoted).toMatchObject({ peer: 'me', role: 'member' });
    expect([room.role, room.knocks]).toEqual(['member', []]);
    expect(lists).toEqual([1, 0, 1, 0]);
  });

  it('has the own role and permissions, and says when they change', async () => {
    const { room } = await clients.joined();
    expect([room.role, room.permissions]).toEqual(['member', { publish: true, chat: true }]);
    const changed = once((listener) => room.on('permitted', listener));
    const event = { event: 'permitted', peer: 'me', role: 'moderator', publish: false, chat: true };
    gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version: 2, events: [event] });
    await changed;
    expect([room.role, room.permissions]).toEqual(['moderator', { publish: false, chat: true }]);
    const track = {} as MediaStreamTrack;
    expect(() => room.publish(track, {} as MediaStream)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  it('passes on a request to be quiet, with who asks', async () => {
    gateway.roster = [participant('a', 1, { role: 'moderator' })];
    const { room } = await clients.joined();
    const asked = once((listener) => room.on('mute_requested', listener));
    gateway.current.send({ type: 'mute_requested', room: 'room', by: 'user-a' });
    expect(await asked).toEqual({ user: 'user-a', by: gateway.roster[0] });
    const byOutsider = once((listener) => room.on('mute_requested', listener));
    gateway.current.send({ type: 'mute_requested', room: 'room', by: 'user-b' });
    expect(await byOutsider).toEqual({ user: 'user-b', by: undefined });
  });
});

describe('a moderator', () => {
  it.each<[string, (room: Room) => Promise<void>, object]>([
    ['admits', ({ moderation }) => moderation.admit('k1'), { type: 'answer_knock', knock: 'k1', admit: true }],
    ['denies', ({ moderation }) => moderation.deny('k1'), { type: 'answer_knock', knock: 'k1', admit: false }],
    ['kicks', ({ moderation }) => moderation.kick(A), { type: 'kick', peer: 'a' }],
    ['kicks with a reason', ({ moderation }) => moderation.kick(A, 'x'), { type: 'kick', peer: 'a', reason: 'x' }],
    ['bans', ({ moderation }) => moderation.ban(A, 'x'), { type: 'kick', peer: 'a', ban: true, reason: 'x' }],
    ['asks to be quiet', ({ moderation }) => moderation.requestMute(A), { type: 'mute', peer: 'a' }],
    ['takes', ({ moderation }) => moderation.permit(A, { chat: false }), { type: 'permit', peer: 'a', chat: false }],
    ['locks', ({ moderation }) => moderation.lock(), { type: 'lock', locked: true }],
    ['unlocks', ({ moderation }) => moderation.unlock(), { type: 'lock', locked: false }],
  ])('%s', async (_, act, frame) => {
    const { room } = await clients.joined();
    await act(room);
    const [sent] = gateway.of((frame as { type: string }).type);
    expect(sent).toEqual({ ...frame, room: 'room', id: expect.any(String) });
  });

  it('is told why something was not done', async () => {
    const { room } = await clients.joined();
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'kick') return false;
      send({ type: 'error', re: frame.id, code: 'forbidden', message: 'No.', retryable: false });
      return true;
    };
    await expect(room.moderation.kick(A)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is heard though the socket was lost meanwhile', async () => {
    const { room } = await clients.joined();
    gateway.script.frame = (frame, { socket }) => {
      if (frame.type !== 'lock' || gateway.of('lock').length > 1) return false;
      socket.terminate();
      return true;
    };
    await room.moderation.lock();
    expect(new Set(gateway.of('lock').map(({ id }) => id)).size).toBe(1);
  });

  it('cannot do anything where this client is not', async () => {
    const { room } = await clients.joined();
    await room.leave();
    await expect(room.moderation.lock()).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('a kicked user', () => {
  it('learns by the next join that they are banned', async () => {
    const { client, room } = await clients.joined();
    const removed = once((listener) => room.on('removed', listener));
    const { key } = gateway.current.hello;
    gateway.current.send({ type: 'removed', room: 'room', reason: 'removed' });
    expect(await removed).toBe('removed');
    gateway.script.frame = (frame, { send }) => {
      if (frame.type !== 'join') return false;
      send({ type: 'error', re: frame.id, code: 'banned', message: 'Banned.', retryable: false });
      return true;
    };
    await expect(client.join('room', { media: false })).rejects.toMatchObject({ code: 'banned', retryable: false });
    expect(gateway.current.hello.key).not.toBe(key);
  });
});
