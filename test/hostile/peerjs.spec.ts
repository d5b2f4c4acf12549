import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { PeerjsPeer, type PeerjsQuery } from '../scenarios/peerjs-peer.js';
import { until } from '../support/until.js';
import { external, hostileStage, seconds, sign } from './stage.js';

const stage = hostileStage({ PEERJS: 'token', PEERJS_DISCOVERY: 'on' });
const peers: PeerjsPeer[] = [];
afterEach(() => {
  for (const peer of peers.splice(0)) peer.cut();
});

const come = (query: PeerjsQuery): PeerjsPeer => {
  const peer = new PeerjsPeer(stage.node.url, query, '/peerjs/', { 'x-forwarded-for': stage.newAddress() });
  peers.push(peer);
  return peer;
};
/** Connects a client, by default as a new user. */
const enter = async (query: Partial<PeerjsQuery> = {}): Promise<PeerjsPeer> => {
  const id = query.id ?? randomUUID();
  const peer = come({ token: external(`user-${id}`), ...query, id });
  await peer.gets('OPEN');
  return peer;
};
const candidate = (dst: string, payload: unknown) => ({ type: 'CANDIDATE', dst, payload });

/** Checks that messages between two clients still arrive. */
const talk = async (from: PeerjsPeer, to: PeerjsPeer): Promise<void> => {
  const word = randomUUID();
  from.send({ type: 'OFFER', dst: to.id, payload: word });
  await until(() => to.frames.some(({ type, payload }) => type === 'OFFER' && payload === word));
};

describe('a PeerJS client', () => {
  it('P01 that sends malformed frames is ignored, and stays connected', async () => {
    const [mallory, victim] = [await enter(), await enter()];
    const deep = 20_000;
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"type":{}}',
      '{"type":"__proto__"}',
      `{"type":"OFFER","dst":["${victim.id}"]}`,
      `{"type":"OFFER","dst":"${victim.id}"`,
      '['.repeat(deep),
      `${'{"a":'.repeat(deep / 2)}1${'}'.repeat(deep / 2)}`,
    ])
      mallory.send(text);
    await talk(mallory, victim);
    expect(victim.types).toEqual(['OPEN', 'OFFER']);
    expect(await stage.metric('parley_bridge_events_total\\{bridge="peerjs",event="internal_errors"\\}')).toBe(0);
  });

  it('P02 that sends 20 MiB loses its socket with 1009, and the frame is not delivered', async () => {
    const [mallory, victim, honest] = [await enter(), await enter(), await enter()];
    mallory.send(candidate(victim.id, 'x'.repeat(20 * 1024 * 1024)));
    await mallory.closes();
    expect(mallory.end).toBe(1009);
    await talk(honest, victim);
    expect(victim.types).toEqual(['OPEN', 'OFFER']);
  });

  it('P03 that sends to 20,000 unused ids uses no memory, and does not affect honest clients', async () => {
    const [ada, bela] = [await enter(), await enter()];
    const before = await stage.metric('process_resident_memory_bytes');
    const payload = 'x'.repeat(10_000);
    const floods = await Promise.all(Array.from({ length: 20 }, () => enter()));
    let max = 0;
    for (let n = 0; n < 1_000; n += 1) {
      for (const flood of floods) {
        if (flood.end === undefined) flood.send({ type: 'OFFER', dst: `absent-${flood.id}-${n}`, payload });
      }
      if (n % 100 !== 0) continue;
      await talk(ada, bela);
      max = Math.max(max, await stage.metric('parley_name_queued_bytes'));
    }
    expect(max).toBeGreaterThan(0);
    expect(max).toBeLessThanOrEqual(20 * 512 * 1024);
    expect(await stage.metric('process_resident_memory_bytes')).toBeLessThan(before + 150 * 1024 * 1024);
    // None of the messages was queued: each was refused at once, or for the rate.
    await until(() => floods.every(({ end, types }) => end === 4029 || types.includes('EXPIRE')));
    await until(async () => (await stage.metric('parley_name_queued_bytes')) === 0);
  }, 90_000);

  it('P04 cannot forge messages of the server or of another client', async () => {
    const [mallory, victim] = [await enter(), await enter()];
    for (const type of ['OPEN', 'ERROR', 'ID-TAKEN', 'INVALID-KEY', 'EXPIRE'])
      mallory.send({ type, src: 'server', dst: victim.id, payload: { msg: 'go' } });
    mallory.send({ ...candidate(victim.id, 'mine'), src: victim.id });
    expect(await victim.gets('CANDIDATE')).toEqual([
      { type: 'CANDIDATE', src: mallory.id, dst: victim.id, payload: 'mine' },
    ]);
    expect(victim.types).toEqual(['OPEN', 'CANDIDATE']);
  });

  it('P05 does not get the id of another user, while a newer token of the same user does', async () => {
    const victim = await enter({ id: 'harbour', token: external('victim') });
    const thief = come({ id: 'harbour', token: external('mallory') });
    expect((await thief.closes()).map(({ type }) => type)).toEqual(['ID-TAKEN']);
    expect(victim.end).toBeUndefined();
    const next = await enter({ id: 'harbour', token: external('victim', { exp: seconds() + 900 }) });
    await victim.closes();
    await talk(await enter(), next);
    // With the token as the key, the client's own secret identifies it besides the user.
    const key = external('victim');
    await enter({ id: 'pier', key, token: 'secret' });
    const other = come({ id: 'pier', key, token: 'another' });
    expect((await other.closes()).map(({ type }) => type)).toEqual(['ID-TAKEN']);
  });

  it('P06 with an invalid token gets INVALID-KEY and no list', async () => {
    const claims = { sub: 'm', name: 'm', iss: 'parley', aud: 'parley', iat: seconds() };
    const bad = [
      external('m', { exp: seconds() - 600 }),
      external('m', { aud: 'elsewhere' }),
      sign({ alg: 'none' }, { ...claims, exp: seconds() + 600 }),
      sign({ alg: 'HS256' }, { ...claims, exp: seconds() + 600 }, 'x'.repeat(48)),
      'a.b.c',
    ];
    for (const token of bad) {
      expect(await come({ id: randomUUID(), token }).closes()).toEqual([{ type: 'INVALID-KEY' }]);
      expect(await come({ id: randomUUID(), key: token, token: 'mine' }).closes()).toEqual([{ type: 'INVALID-KEY' }]);
      expect((await fetch(`${stage.node.url}/peerjs/${token}/peers`)).status).toBe(401);
    }
    expect((await fetch(`${stage.node.url}/peerjs/peerjs/peers`)).status).toBe(401);
    const ada = await enter();
    const list = await fetch(`${stage.node.url}/peerjs/${external('lister')}/peers`);
    expect(await list.json()).toContain(ada.id);
    expect(stage.node.output()).not.toContain(ada.id);
  });

  it('P07 of a revoked user is closed with 4510, and cannot reconnect with the same token', async () => {
    const { rest, token } = await stage.enter('Leaver');
    const leaver = await enter({ token });
    expect((await rest.ask('POST', '/v1/auth/logout-all', { token })).status).toBe(204);
    await leaver.closes();
    expect(leaver.end).toBe(4510);
    expect(await come({ id: leaver.id, token }).closes()).toEqual([{ type: 'INVALID-KEY' }]);
  });

  it('P08 is limited to the sockets of a user', async () => {
    const token = external('hoarder');
    for (let n = 0; n < 20; n += 1) await enter({ token });
    const [told] = await come({ id: randomUUID(), token }).closes();
    expect(told?.payload).toEqual({ msg: 'Server has reached its concurrent user limit' });
  });
});
