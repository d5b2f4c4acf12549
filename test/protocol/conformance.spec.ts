import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RawPeer } from './raw-peer.js';
import { Rest } from './rest.js';
import { startTarget } from './target.js';

/** Run against a server of your own: PARLEY_URL=https://host npm run test:protocol */
let rest: Rest;
let stopTarget: () => Promise<void>;
const open: RawPeer[] = [];

beforeAll(async () => {
  const target = await startTarget();
  rest = new Rest(target.origin);
  stopTarget = target.stop;
}, 90_000);
afterAll(() => stopTarget());
afterEach(() => {
  for (const peer of open.splice(0)) peer.cut();
});

const socket = async (key?: string): Promise<RawPeer> => {
  const peer = await new RawPeer(rest.signaling, key === undefined ? {} : { key }).open();
  open.push(peer);
  return peer;
};

const welcomed = async (name = 'Tester'): Promise<{ peer: RawPeer; token: string; user: string; session: string }> => {
  const { accessToken, user } = await rest.register(name);
  const peer = await socket();
  const welcome = await peer.hello(accessToken);
  expect(welcome.type).toBe('welcome');
  return { peer, token: accessToken, user: user.id, session: welcome['session'] };
};

/** Two peers in one room, and their ids. */
const pair = async () => {
  const alice = await welcomed('Alice');
  const bob = await welcomed('Bob');
  const { id: room } = await rest.room(alice.token);
  const first = await alice.peer.request({ type: 'join', room });
  const second = await bob.peer.request({ type: 'join', room });
  await alice.peer.rosterEvent((event) => event.event === 'joined' && event.participant.peer === second['peer']);
  return { alice, bob, room, aliceId: first['peer'] as string, bobId: second['peer'] as string };
};

describe('the handshake', () => {
  const upgrade = (path: string, headers: Record<string, string> = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(rest.origin);
      const attempt = request({
        hostname,
        port,
        path,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          ...headers,
        },
      });
      attempt.once('response', (response) => {
        response.resume();
        resolve(response.statusCode as number);
      });
      attempt.once('upgrade', (_response, connection) => {
        connection.destroy();
        resolve(101);
      });
      attempt.once('error', reject);
      attempt.end();
    });

  it('opens at /v1/signaling and names the subprotocol', async () => {
    expect(await upgrade('/v1/signaling', { 'sec-websocket-protocol': 'parley.v1' })).toBe(101);
  });
  it('answers 404 on any other path', async () => {
    for (const path of ['/v1/other', '//v1/signaling', '/v1/signaling/', '/v1%2fsignaling', '/']) {
      expect(await upgrade(path)).toBe(404);
    }
  });
  it('answers 403 to a page of a strange origin', async () => {
    for (const origin of ['https://evil.example', 'null', 'https://localhost.evil.example', `${rest.origin}/path`]) {
      expect(await upgrade('/v1/signaling', { origin })).toBe(403);
    }
  });
  it('lets a page of its own origin in', async () => {
    expect(await upgrade('/v1/signaling', { origin: rest.origin })).toBe(101);
  });
});

describe('before hello', () => {
  it('refuses any other frame and closes for good', async () => {
    for (const type of ['join', 'ping', 'signal']) {
      const peer = await socket();
      peer.send({ type, id: 'x', room: 'abc', to: 'abc', kind: 'data' });
      expect((await peer.next('error'))['code']).toMatch(/hello_required|bad_message/);
      expect(await peer.closed()).toBe(4500);
    }
  });
  it('acts on nothing that comes after the refused frame', async () => {
    const { token } = await welcomed();
    const { id: room } = await rest.room(token);
    const peer = await socket();
    peer.send({ type: 'join', id: 'early', room });
    peer.send({ type: 'hello', id: 'late', token, key: peer.key, attempt: 1 });
    expect(await peer.closed()).toBe(4500);
    expect(peer.unread.map((frame) => frame.type)).toEqual(['error']);
  });
  it('closes a socket that never says hello, with a code that lets it come back', async () => {
    const peer = await socket();
    expect(await peer.closed()).toBe(4004);
  });
});

describe('hello', () => {
  it('answers with the session, the user, the node, ICE servers, limits and the end of the token', async () => {
    const { accessToken, user } = await rest.register('Ada');
    const peer = await socket();
    const welcome = await peer.hello(accessToken);
    expect(welcome).toMatchObject({
      type: 'welcome',
      session: expect.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
      user: { id: user.id, name: 'Ada' },
      node: expect.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
      iceServers: expect.any(Array),
      features: expect.any(Array),
    });
    expect(welcome['expiresAt']).toBeGreaterThan(Date.now());
    for (const limit of [
      'maxFrameBytes',
      'maxHeaderBytes',
      'maxMetaBytes',
      'maxChatBytes',
      'framesPerSecond',
      'resumeWindowMs',
    ]) {
      expect(welcome['limits'][limit]).toBeGreaterThan(0);
    }
  });
  it('refuses a token that is not valid, for good', async () => {
    for (const token of ['x', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.']) {
      const peer = await socket();
      expect(await peer.hello(token)).toMatchObject({ type: 'error', code: 'token_invalid', retryable: false });
      expect(await peer.closed()).toBe(4501);
    }
  });
  it('refuses a second hello on the same socket', async () => {
    const { peer, token } = await welcomed();
    peer.send({ type: 'hello', id: 'again', token, key: peer.key, attempt: 2 });
    expect(await peer.closed()).toBe(4500);
  });
  it('gives the same session to the same user and key, and another one to another key', async () => {
    const { accessToken } = await rest.register();
    const first = await socket();
    const one = await first.hello(accessToken);
    first.attempt = 1;
    const second = await socket(first.key);
    second.attempt = 1;
    const two = await second.hello(accessToken);
    const other = await (await socket()).hello(accessToken);
    expect(two['session']).toBe(one['session']);
    expect(other['session']).not.toBe(one['session']);
  });
  it('gives another session to another user with the same key', async () => {
    const [one, two] = [await rest.register(), await rest.register()];
    const first = await socket();
    const mine = await first.hello(one.accessToken);
    const thief = await socket(first.key);
    const theirs = await thief.hello(two.accessToken);
    expect(theirs['session']).not.toBe(mine['session']);
    await first.barrier();
  });
  it('closes the older socket of a session when a newer attempt comes', async () => {
    const { accessToken } = await rest.register();
    const old = await socket();
    await old.hello(accessToken);
    const fresh = await socket(old.key);
    fresh.attempt = 1;
    expect((await fresh.hello(accessToken)).type).toBe('welcome');
    expect(await old.closed()).toBe(4509);
    await fresh.barrier();
  });
  it('refuses an older attempt that comes late, and leaves the newer socket alone', async () => {
    const { accessToken } = await rest.register();
    const fresh = await socket();
    fresh.attempt = 4;
    await fresh.hello(accessToken);
    const late = await socket(fresh.key);
    late.attempt = 2;
    expect(await late.hello(accessToken)).toMatchObject({ type: 'error', code: 'superseded' });
    expect(await late.closed()).toBe(4509);
    await fresh.barrier();
  });
  it('takes a fresh token of the same user on the same socket', async () => {
    const { accessToken, refreshToken } = await rest.register();
    const peer = await socket();
    await peer.hello(accessToken);
    const { accessToken: token } = await rest.call('POST', '/v1/auth/refresh', { refreshToken });
    expect(await peer.request({ type: 'refresh', token })).toMatchObject({ type: 'refreshed' });
  });
  it('refuses the token of another user and closes for good', async () => {
    const { peer } = await welcomed();
    const { accessToken } = await rest.register();
    expect(await peer.request({ type: 'refresh', token: accessToken })).toMatchObject({ code: 'forbidden' });
    expect(await peer.closed()).toBe(4503);
  });
});

describe('rooms', () => {
  it('shows who is there, oneself included, and tells the others', async () => {
    const { alice, bob, room, aliceId, bobId } = await pair();
    const joined = await bob.peer.request({ type: 'join', room });
    expect(joined).toMatchObject({ type: 'joined', room, peer: bobId, resumed: true });
    expect(joined['participants'].map((p: any) => [p.peer, p.user, p.name, p.state]).sort()).toEqual(
      [
        [aliceId, alice.user, 'Alice', 'on'],
        [bobId, bob.user, 'Bob', 'on'],
      ].sort(),
    );
  });
  it('orders participants by joining: of a pair, the later one is the polite one', async () => {
    const { bob, room, aliceId, bobId } = await pair();
    const { participants } = await bob.peer.request({ type: 'join', room });
    const order = (peer: string) => participants.find((p: any) => p.peer === peer).order;
    expect(order(bobId)).toBeGreaterThan(order(aliceId));
  });
  it('raises the version by one with each event', async () => {
    const { alice, bob, room } = await pair();
    const before = await alice.peer.request({ type: 'join', room });
    await bob.peer.request({ type: 'update', room, meta: { n: 1 } });
    await bob.peer.request({ type: 'update', room, meta: { n: 2 } });
    let version = before['version'];
    for (let seen = 0; seen < 2; ) {
      const roster = await alice.peer.next((frame) => frame.type === 'roster' && frame['version'] > before['version']);
      expect(roster['epoch']).toBe(before['epoch']);
      expect(roster['version'] - roster['events'].length).toBe(version);
      version = roster['version'];
      seen += roster['events'].length;
    }
  });
  it('tells everyone of an update of meta', async () => {
    const { alice, bob, room, bobId } = await pair();
    expect(await bob.peer.request({ type: 'update', room, meta: { muted: true } })).toMatchObject({ type: 'updated' });
    const event = await alice.peer.rosterEvent((e) => e.event === 'updated' && e.peer === bobId);
    expect(event.meta).toEqual({ muted: true });
  });
  it('tells everyone of a leave, with the reason', async () => {
    const { alice, bob, room, bobId } = await pair();
    expect(await bob.peer.request({ type: 'leave', room })).toMatchObject({ type: 'left', room });
    expect(await alice.peer.rosterEvent((e) => e.event === 'left')).toEqual({
      event: 'left',
      peer: bobId,
      reason: 'left',
    });
  });
  it('does not let an ended peer come back under its id', async () => {
    const { bob, room } = await pair();
    await bob.peer.request({ type: 'leave', room });
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'error', code: 'session_ended' });
  });
  it('shows a lost socket as away, and its return as back, with the same peer id', async () => {
    const { alice, bob, room, bobId } = await pair();
    bob.peer.cut();
    expect(await alice.peer.rosterEvent((e) => e.event === 'away')).toEqual({ event: 'away', peer: bobId });
    await bob.peer.open();
    await bob.peer.hello(bob.token);
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ peer: bobId, resumed: true });
    expect(await alice.peer.rosterEvent((e) => e.event === 'back')).toEqual({ event: 'back', peer: bobId });
  });
  it('answers room_not_found for a room that is not there', async () => {
    const { peer } = await welcomed();
    expect(await peer.request({ type: 'join', room: 'no-such-room' })).toMatchObject({ code: 'room_not_found' });
  });
  it('refuses room ids that are not ids', async () => {
    const { peer } = await welcomed();
    for (const room of ['a}{b', 'a:b', '*', '..', 'x'.repeat(65), 'a\r\nb', '', 7, null, {}]) {
      expect(await peer.request({ type: 'join', room })).toMatchObject({ code: 'bad_message' });
    }
  });
  it('refuses one more room than the limit', async () => {
    const { peer, token } = await welcomed();
    const { limits } = await (await socket()).hello(token);
    for (let count = 0; count < limits.maxRoomsPerSession; count += 1) {
      const { id } = await rest.room(token);
      expect((await peer.request({ type: 'join', room: id })).type).toBe('joined');
    }
    const { id } = await rest.room(token);
    expect(await peer.request({ type: 'join', room: id })).toMatchObject({ code: 'too_many_rooms' });
  });
  it('refuses one more participant than the capacity', async () => {
    const { token, peer } = await welcomed();
    const { id: room } = await rest.room(token, { capacity: 2 });
    await peer.request({ type: 'join', room });
    await (await welcomed()).peer.request({ type: 'join', room });
    expect(await (await welcomed()).peer.request({ type: 'join', room })).toMatchObject({ code: 'room_full' });
    expect(await peer.request({ type: 'join', room })).toMatchObject({ type: 'joined', resumed: true });
  });
  it('ends every peer when the room is deleted', async () => {
    const { alice, bob, room } = await pair();
    await rest.call('DELETE', `/v1/rooms/${room}`, undefined, alice.token);
    for (const { peer } of [alice, bob]) {
      expect(await peer.next('removed')).toMatchObject({ room, reason: 'room_closed' });
    }
  });
});

describe('signals', () => {
  it("arrive with the server's from and the body as it was sent", async () => {
    const { alice, bob, aliceId, bobId } = await pair();
    const bodies = [
      '{"sdp":"v=0\\r\\n"}',
      '',
      'two\nlines\n',
      '{"type":"signal","from":"forged"}\n{"x":1}',
      'žluťoučký 🐎\u0000',
    ];
    for (const [index, body] of bodies.entries()) {
      alice.peer.send({ type: 'signal', to: bobId, seq: index + 1, base: 1, kind: 'offer' }, body);
    }
    for (const [index, body] of bodies.entries()) {
      const frame = await bob.peer.next('signal');
      expect(frame).toEqual({ type: 'signal', from: aliceId, seq: index + 1, base: 1, kind: 'offer', body });
    }
  });
  it('get no reply when all is well', async () => {
    const { alice, bobId } = await pair();
    alice.peer.send({ type: 'signal', to: bobId, kind: 'data' }, 'x');
    await alice.peer.barrier();
    const about = new Set(['roster', 'room']);
    expect(alice.peer.unread.filter((frame) => !about.has(frame.type))).toEqual([]);
  });
  it('keep their order', async () => {
    const { alice, bob, bobId } = await pair();
    for (let seq = 1; seq <= 300; seq += 1)
      alice.peer.send({ type: 'signal', to: bobId, seq, base: 1, kind: 'candidate' }, `${seq}`);
    for (let seq = 1; seq <= 300; seq += 1) expect((await bob.peer.next('signal'))['body']).toBe(`${seq}`);
  });
  it('are refused when they name their own from', async () => {
    const { alice, bob, bobId } = await pair();
    alice.peer.send({ type: 'signal', to: bobId, from: bobId, kind: 'data' }, 'x');
    expect(await alice.peer.next('error')).toMatchObject({ code: 'bad_message', to: bobId });
    await bob.peer.barrier();
    expect(bob.peer.unread.some((frame) => frame.type === 'signal')).toBe(false);
  });
  it('reach nobody outside the room, with the same answer for a stranger, for nobody and for oneself', async () => {
    const { alice, aliceId } = await pair();
    const { bobId: stranger, bob: strangerPeer } = await pair();
    for (const to of [stranger, 'nobody-at-all', aliceId]) {
      alice.peer.send({ type: 'signal', to, seq: 1, base: 1, kind: 'data' }, 'x');
      const { message, ...error } = await alice.peer.next('error');
      expect(error).toEqual({ type: 'error', to, seq: 1, code: 'peer_unknown', retryable: false, body: undefined });
    }
    await strangerPeer.peer.barrier();
    expect(strangerPeer.peer.unread.some((frame) => frame.type === 'signal')).toBe(false);
  });
  it('to a peer that is away are answered peer_away, retryable', async () => {
    const { alice, bob, bobId } = await pair();
    bob.peer.cut();
    await alice.peer.rosterEvent((e) => e.event === 'away');
    alice.peer.send({ type: 'signal', to: bobId, seq: 9, base: 9, kind: 'data' }, 'x');
    expect(await alice.peer.next('error')).toMatchObject({ to: bobId, seq: 9, code: 'peer_away', retryable: true });
  });
  it('are acknowledged by the receiving client, not by the server', async () => {
    const { alice, bob, aliceId, bobId } = await pair();
    bob.peer.send({ type: 'ack', to: aliceId, upto: 7, missed: [3, 5] });
    expect(await alice.peer.next('ack')).toEqual({
      type: 'ack',
      from: bobId,
      upto: 7,
      missed: [3, 5],
      body: undefined,
    });
  });
});

describe('broadcasts', () => {
  it('reach everyone else in the room, once', async () => {
    const { alice, bob, room, aliceId } = await pair();
    alice.peer.send({ type: 'broadcast', room, kind: 'cursor' }, '1,2');
    expect(await bob.peer.next('broadcast')).toEqual({
      type: 'broadcast',
      room,
      from: aliceId,
      kind: 'cursor',
      body: '1,2',
    });
    await alice.peer.barrier();
    expect(alice.peer.unread.some((frame) => frame.type === 'broadcast')).toBe(false);
  });
  it("are refused outside one's rooms", async () => {
    const { peer } = await welcomed();
    const { room } = await pair();
    peer.send({ type: 'broadcast', room, kind: 'cursor' }, 'x');
    expect(await peer.next('error')).toMatchObject({ code: 'not_in_room', room });
  });
});

describe('chat', () => {
  it('is answered with the message as it was kept, and passed on', async () => {
    const { alice, bob, room, aliceId } = await pair();
    const id = randomUUID();
    const mine = await alice.peer.request({ type: 'chat', id, room, text: 'hi <b>there</b>' });
    expect(mine).toMatchObject({
      type: 'chat',
      re: id,
      id,
      room,
      from: aliceId,
      user: alice.user,
      name: 'Alice',
      seq: 1,
      text: 'hi <b>there</b>',
    });
    const { re: _re, ...kept } = mine;
    expect(await bob.peer.next('chat')).toEqual(kept);
  });
  it('keeps a message that is sent twice once', async () => {
    const { alice, bob, room } = await pair();
    const id = randomUUID();
    const one = await alice.peer.request({ type: 'chat', id, room, text: 'once' });
    const two = await alice.peer.request({ type: 'chat', id, room, text: 'once' });
    expect(two).toEqual(one);
    await alice.peer.request({ type: 'chat', id: randomUUID(), room, text: 'after' });
    expect([(await bob.peer.next('chat'))['text'], (await bob.peer.next('chat'))['text']]).toEqual(['once', 'after']);
  });
  it('can be read from a cursor, oldest first, in pages', async () => {
    const { alice, bob, room } = await pair();
    for (let n = 1; n <= 5; n += 1) await alice.peer.request({ type: 'chat', id: `m${n}`, room, text: `${n}` });
    const page = await bob.peer.request({ type: 'history', room, after: 1, limit: 3 });
    expect(page['messages'].map((m: any) => m.text)).toEqual(['2', '3', '4']);
    expect(page['more']).toBe(true);
    const rest = await bob.peer.request({ type: 'history', room, after: 4 });
    expect(rest['messages'].map((m: any) => m.text)).toEqual(['5']);
    expect(rest['more']).toBe(false);
  });
  it("is refused outside one's rooms and beyond its size", async () => {
    const { peer } = await welcomed();
    const { alice, room } = await pair();
    expect(await peer.request({ type: 'chat', room, text: 'x' })).toMatchObject({ code: 'not_in_room' });
    expect(await peer.request({ type: 'history', room })).toMatchObject({ code: 'not_in_room' });
    expect(await alice.peer.request({ type: 'chat', room, text: 'x'.repeat(4097) })).toMatchObject({
      code: 'payload_too_large',
    });
  });
});

describe('bad frames', () => {
  it('get an error that does not echo them, and the socket stays', async () => {
    const { peer } = await welcomed();
    const faulty = ['', '[]', 'null', '1', '"x"', '{', '{"type":"join"', '{"type":"nothing","id":"q"}'];
    for (const text of faulty) {
      peer.sendText(text);
      const error = await peer.next('error');
      expect(error['code']).toBe('bad_message');
      expect(error['message']).not.toContain('nothing');
    }
    await peer.barrier();
  });
  it('end the socket for good when there are too many', async () => {
    const { peer } = await welcomed();
    for (let count = 0; count < 30; count += 1) peer.sendText('nonsense');
    expect(await peer.closed()).toBe(4500);
  });
  it('are refused when they carry keys that poison objects', async () => {
    const { peer, token } = await welcomed();
    const { id: room } = await rest.room(token);
    for (const meta of ['{"__proto__":{"a":1}}', '{"a":{"constructor":{"prototype":{}}}}', '{"\\u005f_proto__":1}']) {
      peer.sendText(`{"type":"join","id":"p","room":"${room}","meta":${meta}}`);
      expect(await peer.next('error')).toMatchObject({ code: 'bad_message' });
    }
  });
  it('are refused when a number is out of its range', async () => {
    const { alice, bobId } = await pair();
    for (const seq of ['0', '-1', '1.5', '1e400', '9007199254740993', '"1"']) {
      alice.peer.sendText(`{"type":"signal","to":"${bobId}","seq":${seq},"base":1,"kind":"data"}\nx`);
      expect(await alice.peer.next('error')).toMatchObject({ code: 'bad_message' });
    }
  });
  it('are refused when seq and base do not belong together, or an acknowledgement misses what it does not cover', async () => {
    const { alice, bobId } = await pair();
    const faulty = [
      { type: 'signal', seq: 1, kind: 'data' },
      { type: 'signal', base: 1, kind: 'data' },
      { type: 'signal', seq: 1, base: 2, kind: 'data' },
      { type: 'ack', upto: 3, missed: [4] },
    ];
    for (const frame of faulty) {
      alice.peer.send({ to: bobId, ...frame }, frame.type === 'signal' ? 'x' : undefined);
      expect(await alice.peer.next('error')).toMatchObject({ code: 'bad_message', to: bobId });
    }
  });
  it('are refused when they have a body that their type does not have', async () => {
    const { peer } = await welcomed();
    peer.send({ type: 'ping', id: 'p' }, 'a body');
    expect(await peer.next('error')).toMatchObject({ code: 'bad_message', re: 'p' });
  });
  it('are refused when the header is too large', async () => {
    const { peer } = await welcomed();
    peer.sendText(JSON.stringify({ type: 'chat', id: 'big', room: 'r', text: 'x'.repeat(33_000) }));
    expect(await peer.next('error')).toMatchObject({ code: 'payload_too_large', re: 'big' });
    await peer.barrier();
  });
  it('close the socket with 1009 when the frame is too large', async () => {
    const { peer } = await welcomed();
    peer.sendText('x'.repeat(65_537));
    expect(await peer.closed()).toBe(1009);
  });
  it('close the socket when they are binary', async () => {
    const { peer } = await welcomed();
    peer.sendBinary(Buffer.from('{"type":"ping"}'));
    expect(await peer.closed()).toBe(4515);
  });
  it('do not take a meta that is too large', async () => {
    const { alice, room } = await pair();
    expect(await alice.peer.request({ type: 'update', room, meta: { x: 'y'.repeat(3000) } })).toMatchObject({
      code: 'payload_too_large',
    });
  });
});

describe('floods', () => {
  it('are answered rate_limited with the time to wait, then cut with a code that lets the client come back', async () => {
    const { peer } = await welcomed();
    for (let count = 0; count < 3_000; count += 1) peer.send({ type: 'ping' });
    expect(await peer.next('error')).toMatchObject({
      code: 'rate_limited',
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
    expect(await peer.closed()).toBe(4029);
  });
});

describe('ping', () => {
  it('is answered with pong', async () => {
    const { peer } = await welcomed();
    expect(await peer.request({ type: 'ping' })).toMatchObject({ type: 'pong' });
  });
});

describe('people', () => {
  const DONE = { type: 'done' };
  it('hear what the room is after joined, and on each change', async () => {
    const { alice, bob, room } = await pair();
    expect(await bob.peer.next('room')).toMatchObject({ room, name: 'A room', access: 'open', locked: false });
    expect(await alice.peer.request({ type: 'lock', room, locked: true })).toMatchObject(DONE);
    expect(await bob.peer.next('room')).toMatchObject({ room, locked: true, capacity: expect.any(Number) });
    const carol = await welcomed('Carol');
    const answer = await carol.peer.request({ type: 'join', room });
    expect(answer).toMatchObject({ type: 'error', code: 'room_locked', retryable: true });
  });
  it('are put out, and their peer ids and tokens of before do not come back', async () => {
    const { alice, bob, room, bobId } = await pair();
    const kick = { type: 'kick', room, peer: bobId };
    expect(await bob.peer.request(kick)).toMatchObject({ type: 'error', code: 'forbidden' });
    expect(await alice.peer.request(kick)).toMatchObject(DONE);
    expect(await bob.peer.next('removed')).toMatchObject({ room, reason: 'removed' });
    expect((await alice.peer.rosterEvent((e) => e.event === 'left')).reason).toBe('removed');
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'error', code: 'removed' });
    expect(await alice.peer.request(kick)).toMatchObject({ type: 'error', code: 'peer_unknown' });
  });
  it('are asked to be quiet, and lose permissions and get them back', async () => {
    const { alice, bob, room, aliceId, bobId } = await pair();
    expect(await alice.peer.request({ type: 'mute', room, peer: bobId })).toMatchObject(DONE);
    expect(await bob.peer.next('mute_requested')).toMatchObject({ room, by: alice.user });
    expect(await alice.peer.request({ type: 'permit', room, peer: bobId, publish: false })).toMatchObject(DONE);
    const event = await bob.peer.rosterEvent((e) => e.event === 'permitted');
    expect(event).toEqual({ event: 'permitted', peer: bobId, role: 'member', publish: false, chat: true });
    bob.peer.send({ type: 'signal', to: aliceId, seq: 1, base: 1, kind: 'offer' }, 'x');
    expect(await alice.peer.next('signal')).toMatchObject({ seq: 1, denied: 'forbidden', body: '' });
  });
  it('knock, wait, and are let in or sent away', async () => {
    const [alice, bob] = [await welcomed('Alice'), await welcomed('Bob')];
    const { id: room } = await rest.room(alice.token, { access: 'lobby' });
    await alice.peer.request({ type: 'join', room });
    await alice.peer.next('knocking');
    for (const admit of [false, true]) {
      expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'waiting', room });
      const list = await alice.peer.next((frame) => frame.type === 'knocking' && frame['knocks'].length === 1);
      const { knock } = list['knocks'][0];
      expect(await alice.peer.request({ type: 'answer_knock', room, knock, admit })).toMatchObject(DONE);
      if (admit) expect(await bob.peer.next('admitted')).toMatchObject({ room });
      else expect(await bob.peer.next('refused')).toMatchObject({ room, reason: 'denied' });
    }
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'joined' });
    const none = await alice.peer.request({ type: 'answer_knock', room, knock: 'nobody', admit: true });
    expect(none).toMatchObject({ type: 'error', code: 'not_found' });
  });
});
