import { describe, expect, it } from '@jest/globals';
import type { RawPeer } from '../protocol/raw-peer.js';
import { until } from '../support/until.js';
import { frameOf, RawSocket } from './raw-socket.js';
import { codeOf, external, hello, hostileStage, seconds } from './stage.js';

const stage = hostileStage({
  CHAT_BURST: '20',
  MAX_SOCKETS_PER_USER: '20',
  ROOM_DELIVERY_BURST: '100',
  ROOM_DELIVERIES_PER_SECOND: '10',
});

describe('a flood', () => {
  it('A11 of candidates gets warnings with the time to wait, then 4029, and others are not affected', async () => {
    const { mallory, victim, room, victimId } = await stage.pair();
    const other = await stage.enter('Other');
    await other.peer.request({ type: 'join', room });
    // The caches that relieve the database are limited, and have metrics.
    expect(await stage.metric('parley_room_cache_entries')).toBeGreaterThan(0);
    for (let n = 1; n <= 2_500; n += 1)
      mallory.peer.send({ type: 'signal', to: victimId, kind: 'candidate' }, 'x'.repeat(1_000));
    expect(await mallory.peer.closed()).toBe(4029);
    const refusals = mallory.peer.unread.filter(({ type, code }) => type === 'error' && code === 'rate_limited');
    expect(refusals.length).toBeGreaterThan(0);
    expect(mallory.peer.unread).toContainEqual({ type: 'warning', code: 'rate_limited', left: 100 });
    expect(refusals[0]).toMatchObject({ to: victimId, retryable: true, retryAfterMs: expect.any(Number) });
    other.peer.send({ type: 'signal', to: victimId, kind: 'offer' }, 'honest');
    expect((await victim.peer.next((frame) => frame.body === 'honest')).type).toBe('signal');
  });

  it('A11 of broadcasts by many is limited by the rate of the room', async () => {
    const { mallory, victim, room } = await stage.pair();
    for (let n = 0; n < 60; n += 1)
      for (const { peer } of [mallory, victim]) peer.send({ type: 'broadcast', room, kind: 'x' }, 'x');
    for (const { peer } of [mallory, victim]) {
      expect(await peer.next((frame) => frame['code'] === 'rate_limited')).toMatchObject({
        retryAfterMs: expect.any(Number),
      });
    }
  });

  it('A14 of chat is limited in rate and size, and its author and ids cannot be forged', async () => {
    const { mallory, victim, room } = await stage.pair();
    const chat = (peer: RawPeer, text: string, id: string) => peer.request({ type: 'chat', room, text, id });
    const html = '<img src=x onerror=alert(1)><script>alert(1)</script>';
    expect((await chat(mallory.peer, html, 'same'))['text']).toBe(html);
    const second = await chat(victim.peer, 'mine', 'same');
    expect([second['text'], second['user']]).toEqual(['mine', victim.user]);
    expect(codeOf(await chat(mallory.peer, 'x'.repeat(4_097), 'long'))).toBe('error payload_too_large');
    for (let n = 0; n < 100; n += 1) mallory.peer.send({ type: 'chat', room, text: `${n}`, id: `flood${n}` });
    expect(await mallory.peer.next((frame) => frame['code'] === 'rate_limited')).toMatchObject({
      retryAfterMs: expect.any(Number),
    });
    expect(codeOf(await mallory.peer.request({ type: 'chat_edit', room, seq: 2, text: 'forged' }))).toBe(
      'error bad_message',
    );
  });

  it('A17 of sockets by one user ends at 20: one more is told to retry later, and the first ones stay', async () => {
    const token = external('many-sockets');
    const sockets = [];
    for (let n = 0; n < 20; n += 1) {
      const peer = await stage.socket();
      expect((await peer.hello(token)).type).toBe('welcome');
      sockets.push(peer);
    }
    const oneMore = await stage.socket();
    expect(await oneMore.hello(token)).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) });
    expect(await oneMore.closed()).toBe(4029);
    for (const peer of sockets) await peer.barrier();
    const again = await stage.socket({ key: sockets[0]?.key as string });
    again.attempt = 1;
    expect((await again.hello(token)).type).toBe('welcome');
  });

  it('A17 of rooms by one user ends at 50', async () => {
    const { rest, token } = await stage.enter();
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => rest.ask('POST', '/v1/rooms', { token, json: { name: 'x' } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(
      new Set(['too_many_rooms']),
    );
  });

  it('A17 of peers by one user in a room ends at 5, and away ones are replaced', async () => {
    const { mallory, victim, room, victimId } = await stage.pair();
    const another = async () => {
      const peer = await stage.socket();
      await peer.hello(mallory.token);
      return { peer, answer: await peer.request({ type: 'join', room }) };
    };
    for (let n = 1; n < 5; n += 1) expect((await another()).answer.type).toBe('joined');
    for (let n = 0; n < 5; n += 1) expect(codeOf((await another()).answer)).toBe('error too_many_peers');
    for (let n = 0; n < 5; n += 1) {
      const { peer } = mallory;
      if (n === 0) peer.cut();
      const away = await victim.peer.rosterEvent((event) => event.event === 'away');
      const { peer: next, answer } = await another();
      expect(answer.type).toBe('joined');
      const left = await victim.peer.rosterEvent((event) => event.event === 'left');
      expect(left).toMatchObject({ peer: away.peer, reason: 'expired' });
      next.cut();
    }
    const { participants } = (await another()).answer as unknown as { participants: { user: string; peer: string }[] };
    expect(participants.filter(({ user }) => user === mallory.user)).toHaveLength(5);
    expect(participants.filter(({ peer }) => peer === victimId)).toHaveLength(1);
  });

  it('A17 of frames by one user over many sockets is limited', async () => {
    const token = external('many-frames', { exp: seconds() + 600 });
    const sockets = await Promise.all(Array.from({ length: 20 }, () => stage.socket()));
    for (const peer of sockets) await peer.hello(token);
    for (let n = 0; n < 280; n += 1) for (const peer of sockets) peer.send({ type: 'ping' });
    const limited = await until(() =>
      sockets.flatMap(({ unread }) => unread).find((frame) => frame['code'] === 'rate_limited'),
    );
    expect(limited).toMatchObject({ retryAfterMs: expect.any(Number) });
  });

  it('A20 to a client that does not read is answered `peer_busy`, and uses limited memory', async () => {
    const { mallory, room } = await stage.pair();
    const sleeper = await RawSocket.open(stage.node.url, { 'X-Forwarded-For': stage.newAddress() });
    sleeper.send(frameOf(1, JSON.stringify(hello(external('sleeper', { rooms: { [room]: 'member' } })))));
    await until(() => sleeper.texts.some((text) => text.includes('"welcome"')));
    sleeper.send(frameOf(1, JSON.stringify({ type: 'join', id: '2', room })));
    const joined = await until(() => sleeper.texts.find((text) => text.includes('"joined"')));
    const to = JSON.parse(joined).peer as string;
    sleeper.stopReading();
    const before = await stage.metric('process_resident_memory_bytes');
    // At the maximum rate of bytes, because the buffers of the network have to fill first.
    const busy = await until(async () => {
      for (let n = 0; n < 10; n += 1) mallory.peer.send({ type: 'signal', to, kind: 'data' }, 'x'.repeat(60_000));
      await mallory.peer.barrier();
      const limited = mallory.peer.unread.some((frame) => frame['code'] === 'rate_limited');
      if (limited) await new Promise((resolve) => setTimeout(resolve, 500));
      return mallory.peer.unread.find((frame) => frame['code'] === 'peer_busy');
    });
    expect(busy).toMatchObject({ to, retryable: true });
    expect(await stage.metric('process_resident_memory_bytes')).toBeLessThan(before + 150 * 1024 * 1024);
    sleeper.cut();
  });
});
