import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { RawPeer } from '../protocol/raw-peer.js';
import { codeOf, external, hello, hostileStage } from './stage.js';

const stage = hostileStage();

/** Proves by a later answer on the same path that no matching frame has arrived. */
const nothingCame = async (peer: RawPeer, type: string): Promise<void> => {
  await peer.barrier();
  expect(peer.unread.filter((frame) => frame.type === type)).toEqual([]);
};

describe('before a hello', () => {
  it.each([
    { type: 'join', id: '1', room: 'a' },
    { type: 'signal', to: 'a', kind: 'data' },
    { type: 'ack', to: 'a', upto: 1 },
    { type: 'broadcast', room: 'a', kind: 'x' },
    { type: 'chat', id: '1', room: 'a', text: 'x' },
    { type: 'history', id: '1', room: 'a' },
    { type: 'refresh', id: '1', token: 'x' },
    { type: 'ping' },
    { type: 'pong' },
  ])('A01 $type is refused with 4500, and nothing behind it is looked at', async (frame) => {
    const peer = await stage.socket();
    peer.send(frame);
    peer.send(hello(external('late')));
    expect(await peer.closed()).toBe(4500);
    expect(peer.unread.map(codeOf)).toEqual(['error hello_required']);
  });

  it('A01 a second `hello` ends the socket, sent together with the first or later', async () => {
    const at = await stage.socket();
    at.send(hello(external('twice')));
    at.send(hello(external('twice')));
    expect(await at.closed()).toBe(4500);
    const { peer, token } = await stage.enter();
    peer.send(hello(token));
    expect(await peer.closed()).toBe(4500);
  });
});

describe('a peer', () => {
  it('A02 is identified by the server, never by its own claims', async () => {
    const { mallory, victim, malloryId, victimId } = await stage.pair();
    mallory.peer.send({ type: 'signal', to: victimId, from: victimId, kind: 'data' }, 'forged');
    expect(codeOf(await mallory.peer.next('error'))).toBe('error bad_message');
    mallory.peer.send({ type: 'signal', to: victimId, kind: 'data' }, `{"from":"${victimId}"}`);
    expect((await victim.peer.next('signal'))['from']).toBe(malloryId);
  });

  it('A03 of another room, unknown, oneself or a pattern gets the same answer', async () => {
    const { mallory, malloryId } = await stage.pair();
    const elsewhere = await stage.pair();
    const answers = [];
    for (const to of [elsewhere.victimId, 'nobody-at-all', malloryId, 'x'.repeat(64)]) {
      mallory.peer.send({ type: 'signal', to, seq: 1, base: 1, kind: 'offer' }, 'x');
      const { to: _to, ...answer } = await mallory.peer.next('error');
      answers.push(answer);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: 'peer_unknown' });
    await nothingCame(elsewhere.victim.peer, 'signal');
  });

  it('A04 that has not joined, or has left, reaches no peer and cannot return', async () => {
    const { mallory, victim, room, victimId } = await stage.pair();
    const outsider = await stage.enter();
    outsider.peer.send({ type: 'signal', to: victimId, kind: 'data' }, 'x');
    expect(codeOf(await outsider.peer.next('error'))).toBe('error peer_unknown');
    for (const frame of [{ type: 'chat', text: 'x' }, { type: 'update', meta: {} }, { type: 'history' }]) {
      expect(codeOf(await outsider.peer.request({ ...frame, room }))).toBe('error not_in_room');
    }
    await mallory.peer.request({ type: 'leave', room });
    mallory.peer.send({ type: 'signal', to: victimId, kind: 'data' }, 'x');
    expect(codeOf(await mallory.peer.next('error'))).toBe('error peer_unknown');
    expect(codeOf(await mallory.peer.request({ type: 'join', room }))).toBe('error session_ended');
    await nothingCame(victim.peer, 'signal');
  });

  it('A06 cannot be taken over by its public id, a guessed key, or the right key under another account', async () => {
    const { victim, room, victimId } = await stage.pair();
    const other = await stage.enter();
    const attempts = [
      { key: victim.session.slice(0, 43).padEnd(43, 'A'), token: other.token },
      { key: randomBytes(32).toString('base64url'), token: victim.token },
      { key: victim.peer.key, token: other.token },
    ];
    for (const { key, token } of attempts) {
      const peer = await stage.socket();
      const welcome = await peer.request({ type: 'hello', token, key, attempt: 1_000 });
      expect(welcome.type).toBe('welcome');
      expect(welcome['session']).not.toBe(victim.session);
      expect((await peer.request({ type: 'join', room }))['peer']).not.toBe(victimId);
      await victim.peer.barrier();
    }
  });

  it('A06 guessing keys and tokens is slowed down by the limit of sockets per address', async () => {
    const address = stage.newAddress();
    const answers = await Promise.allSettled(Array.from({ length: 100 }, () => stage.socket({ address })));
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(20);
  });

  it('A07 with an extreme attempt harms only its own session', async () => {
    const { mallory, victim, malloryId, victimId } = await stage.pair();
    for (const attempt of [0, -1, 1.5, 2 ** 48 + 1, '1', null]) {
      const peer = await stage.socket();
      peer.send(hello(mallory.token, { attempt }));
      expect(await peer.closed()).toBe(4500);
    }
    const highest = await stage.socket();
    highest.send(hello(mallory.token, { key: mallory.peer.key, attempt: 2 ** 48 }));
    expect((await highest.next('welcome'))['session']).toBe(mallory.session);
    expect(await mallory.peer.closed()).toBe(4509);
    const late = await stage.socket();
    late.send(hello(mallory.token, { key: mallory.peer.key, attempt: 7 }));
    expect(await late.closed()).toBe(4509);
    victim.peer.send({ type: 'signal', to: malloryId, kind: 'data' }, 'x');
    expect((await victim.peer.next('error'))['code']).toBe('peer_away');
    expect(victimId).not.toBe(malloryId);
  });

  it('A09 A10 that acknowledges what it never received is relayed with its own peer id only', async () => {
    const { mallory, victim, malloryId, victimId } = await stage.pair();
    mallory.peer.send({ type: 'ack', to: victimId, upto: 1_000_000 });
    expect(await victim.peer.next('ack')).toMatchObject({ from: malloryId, upto: 1_000_000 });
    mallory.peer.send({ type: 'ack', to: victimId, from: victimId, upto: 1 });
    expect(codeOf(await mallory.peer.next('error'))).toBe('error bad_message');
    await nothingCame(victim.peer, 'ack');
  });

  it('A12 may send any session description, which is relayed unchanged and never interpreted', async () => {
    const { mallory, victim, victimId } = await stage.pair();
    const bodies = [
      `v=0\r\n${'m=audio 9 RTP/AVP 0\r\n'.repeat(2_000)}`,
      'a=candidate:1 1 udp 1 169.254.169.254 80 typ host\r\na=candidate:2 1 tcp 1 10.0.0.1 6379 typ host',
      '\u0000\u0001\u0002binary\u0000',
      `{"__proto__":{"polluted":1},"sdp":"${'x'.repeat(50_000)}"}`,
    ];
    for (const body of bodies) {
      mallory.peer.send({ type: 'signal', to: victimId, kind: 'offer' }, body);
      expect((await victim.peer.next('signal')).body).toBe(body);
    }
    mallory.peer.send({ type: 'signal', to: victimId, kind: 'offer' }, 'x'.repeat(65_536));
    expect(await mallory.peer.closed()).toBe(1009);
  });

  it('A15 that is no moderator cannot moderate anyone: neither the owner nor itself, nor in another room', async () => {
    const { mallory: owner, victim: member, room, malloryId: ownerId, victimId: memberId } = await stage.pair();
    const elsewhere = await stage.pair();
    const guest = await stage.socket();
    await guest.hello(external('a15', { rooms: { [room]: 'guest' } }));
    const { peer: guestId } = await guest.request({ type: 'join', room });
    for (const peer of [guest, member.peer]) {
      for (const target of [ownerId, memberId, guestId, elsewhere.victimId]) {
        for (const action of [
          { type: 'kick' },
          { type: 'kick', ban: true },
          { type: 'mute' },
          { type: 'permit', chat: false },
        ]) {
          expect(['forbidden', 'peer_unknown']).toContain(
            (await peer.request({ ...action, room, peer: target }))['code'],
          );
        }
      }
      expect(codeOf(await peer.request({ type: 'lock', room, locked: true }))).toBe('error forbidden');
      expect(codeOf(await peer.request({ type: 'answer_knock', room, knock: 'any', admit: true }))).toBe(
        'error forbidden',
      );
    }
    for (const target of [elsewhere.malloryId, elsewhere.victimId]) {
      expect((await owner.peer.request({ type: 'kick', room: elsewhere.room, peer: target })).type).toBe('error');
      expect((await owner.peer.request({ type: 'kick', room, peer: target })).type).toBe('error');
    }
    expect((await owner.peer.request({ type: 'kick', room, peer: ownerId })).type).toBe('error');
    for (const peer of [owner.peer, member.peer, guest, elsewhere.mallory.peer, elsewhere.victim.peer]) {
      await nothingCame(peer, 'removed');
    }
  });

  it('A18 cannot read a room that it is not in', async () => {
    const { room } = await stage.pair();
    const outsider = await stage.socket();
    await outsider.hello(external('prober', { rooms: { elsewhere: 'member' } }));
    expect(codeOf(await outsider.request({ type: 'join', room }))).toBe('error forbidden');
    expect(codeOf(await outsider.request({ type: 'history', room }))).toBe('error not_in_room');
    outsider.send({ type: 'broadcast', room, kind: 'x' }, 'x');
    expect(codeOf(await outsider.next('error'))).toBe('error not_in_room');
  });

  it('A19 cannot send after it was removed', async () => {
    const { mallory, victim, victimId } = await stage.pair();
    const signal = { type: 'signal', to: victimId, kind: 'data' };
    mallory.peer.send({ type: 'refresh', id: 'r', token: external('another') });
    for (let n = 0; n < 20; n += 1) mallory.peer.send(signal, 'late');
    expect(await mallory.peer.closed()).toBe(4503);
    await victim.peer.rosterEvent((event) => event.event === 'away');
    await nothingCame(victim.peer, 'signal');
  });

  it.each(['a}{b', 'a:b', '*', '..', 'x'.repeat(65), 'x'.repeat(1_000), 'a\r\nFLUSHALL\r\n', 'a\u0000b', ''])(
    'A22 cannot name a room %j',
    async (room) => {
      const { peer, rest, token } = await stage.enter();
      expect(codeOf(await peer.request({ type: 'join', room }))).toBe('error bad_message');
      if (room === '' || room === '..') return;
      const answer = await rest.ask('GET', `/v1/rooms/${encodeURIComponent(room)}`, { token });
      expect([400, 404]).toContain(answer.status);
    },
  );
});
