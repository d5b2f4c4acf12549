import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { until } from '../support/until.js';
import { PeerjsPeer } from './peerjs-peer.js';
import type { Topology } from './topology.js';

const OFFER = {
  sdp: { type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n☃' },
  type: 'data',
  connectionId: 'dc_x',
  metadata: { a: [1, null, ''] },
};
const offer = (dst: string, payload: unknown = OFFER) => ({ type: 'OFFER', dst, payload, src: 'forged' });

const pair = async (t: Topology) =>
  [await PeerjsPeer.join(t.url(0)), await PeerjsPeer.join(t.url(1))] as [PeerjsPeer, PeerjsPeer];

const get = async (url: string) => {
  const answer = await fetch(url);
  return {
    status: answer.status,
    text: await answer.text(),
    origin: answer.headers.get('access-control-allow-origin'),
  };
};

/** Every part of PeerServer's protocol, between clients of any two nodes. */
export const PEERJS_SCENARIOS: Readonly<Record<string, (t: Topology) => Promise<void>>> = {
  async 'says what it is, and gives out ids, to pages of any origin'(t) {
    const about = await get(`${t.url(0)}/peerjs`);
    expect([about.status, about.origin]).toEqual([200, '*']);
    expect(Object.keys(JSON.parse(about.text))).toEqual(['name', 'description', 'website']);
    const ids = await Promise.all([0, 1].map((n) => get(`${t.url(n)}/peerjs/peerjs/id?ts=1&version=1.5.5`)));
    for (const { status, text, origin } of ids) {
      expect([status, origin]).toEqual([200, '*']);
      expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(ids[0]?.text).not.toBe(ids[1]?.text);
  },

  async 'keeps the list of peers to itself, and says so with CORS'(t) {
    expect(await get(`${t.url(0)}/peerjs/peerjs/peers`)).toMatchObject({ status: 401, origin: '*' });
    expect(await get(`${t.url(0)}/peerjs/peerjs/other`)).toMatchObject({ status: 404, origin: '*' });
    expect(await get(`${t.url(0)}/peerjs/a/b/id`)).toMatchObject({ status: 404, origin: '*' });
  },

  async 'is also where a client with the default path looks'(t) {
    expect(await get(`${t.url(0)}/peerjs/id`)).toMatchObject({ status: 200, origin: '*' });
    await PeerjsPeer.join(t.url(0), {}, '/');
  },

  async 'turns away who brings no id, no token, no key, or a wrong one'(t) {
    const id = randomUUID();
    for (const [query, msg] of [
      [{ id: '' }, 'No id, token, or key supplied to websocket server'],
      [{ id, token: '' }, 'No id, token, or key supplied to websocket server'],
      [{ id, key: '' }, 'No id, token, or key supplied to websocket server'],
      [{ id, key: 'wrong' }, 'Invalid key provided'],
      [{ id: 'x'.repeat(129) }, 'Invalid id provided'],
      [{ id: 'a\u0007' }, 'Invalid id provided'],
    ] as const) {
      expect(await new PeerjsPeer(t.url(0), query).closes()).toEqual([{ type: 'ERROR', payload: { msg } }]);
    }
    expect(await new PeerjsPeer(t.url(0), { id, key: 'no.real.token' }).closes()).toEqual([{ type: 'INVALID-KEY' }]);
  },

  async 'passes on offers, answers, candidates and leaves with the sender that it knows'(t) {
    const [ada, bela] = await pair(t);
    for (const type of ['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE']) {
      ada.send({ ...offer(bela.id), type, extra: 'dropped' });
      const [frame] = await bela.gets(type);
      expect(frame).toEqual({ type, src: ada.id, dst: bela.id, payload: OFFER });
    }
    bela.send({ type: 'LEAVE', dst: ada.id });
    expect(await ada.gets('LEAVE')).toEqual([{ type: 'LEAVE', src: bela.id, dst: ada.id }]);
  },

  async 'keeps the order of a burst beyond the rate, both ways, and loses nothing'(t) {
    const [ada, bela] = await pair(t);
    const numbers = Array.from({ length: 1_200 }, (_, n) => n);
    for (const n of numbers) {
      ada.send({ type: 'CANDIDATE', dst: bela.id, payload: n });
      bela.send({ type: 'CANDIDATE', dst: ada.id, payload: n });
    }
    for (const peer of [ada, bela])
      expect((await peer.gets('CANDIDATE', numbers.length)).map(({ payload }) => payload)).toEqual(numbers);
  },

  async 'passes on frames of 256 KiB'(t) {
    const [ada, bela] = await pair(t);
    const payload = '☃'.repeat(86_000);
    for (const from of [ada, bela]) from.send({ type: 'CANDIDATE', dst: bela.id, payload });
    const frames = await bela.gets('CANDIDATE', 2);
    expect(frames.every((frame) => frame.payload === payload)).toBe(true);
  },

  async 'passes on nothing else, and answers no heartbeat'(t) {
    const [ada, bela] = await pair(t);
    for (const type of ['OPEN', 'ERROR', 'ID-TAKEN', 'INVALID-KEY', 'EXPIRE', 'HEARTBEAT', 'constructor', 7])
      ada.send({ type, dst: bela.id, payload: { msg: 'x' } });
    for (const bad of ['', 'x', 'null', '[]', '7', '{"type":"OFFER","dst":7}', `${'['.repeat(30_000)}`]) ada.send(bad);
    ada.send(`{"type":"OFFER","dst":"${bela.id}","payload":${'['.repeat(30_000)}${']'.repeat(30_000)}}`);
    await bela.settles([ada]);
    await ada.settles();
    expect([new Set(ada.types), new Set(bela.types)]).toEqual([
      new Set(['OPEN', 'CANDIDATE']),
      new Set(bela.types.includes('OFFER') ? ['OPEN', 'OFFER', 'CANDIDATE'] : ['OPEN', 'CANDIDATE']),
    ]);
  },

  async 'gives what waited after OPEN, oldest first and once, and tells nobody that it expired'(t) {
    const ada = await PeerjsPeer.join(t.url(0));
    const id = randomUUID();
    for (const payload of ['one', 'two', 'three']) ada.send(offer(id, payload));
    const absent = randomUUID();
    ada.send(offer(absent));
    await ada.settles();
    const bela = await PeerjsPeer.join(t.url(1), { id });
    await bela.gets('OFFER', 3);
    expect(bela.frames.map(({ type, payload }) => [type, payload])).toEqual([
      ['OPEN', undefined],
      ['OFFER', 'one'],
      ['OFFER', 'two'],
      ['OFFER', 'three'],
    ]);
    // Sent after the others: when this one has expired, so have they.
    expect(await ada.gets('EXPIRE')).toEqual([{ type: 'EXPIRE', src: absent, dst: ada.id }]);
  },

  async 'tells each sender once that nobody came, after five seconds'(t) {
    const [ada, bela] = await pair(t);
    const id = randomUUID();
    const begin = performance.now();
    for (let n = 0; n < 3; n += 1) for (const peer of [ada, bela]) peer.send(offer(id, n));
    for (const peer of [ada, bela])
      expect(await peer.gets('EXPIRE')).toEqual([{ type: 'EXPIRE', src: id, dst: peer.id }]);
    expect(performance.now() - begin).toBeGreaterThan(4_900);
    const late = await PeerjsPeer.join(t.url(1), { id });
    await late.settles();
    expect(late.types).toEqual(['OPEN', 'CANDIDATE']);
    for (const peer of [ada, bela]) expect(peer.types.filter((type) => type === 'EXPIRE')).toHaveLength(1);
  },

  async 'tells at once of a peer that can never come, and keeps no LEAVE for one'(t) {
    const ada = await PeerjsPeer.join(t.url(0));
    const id = randomUUID();
    ada.send({ type: 'LEAVE', dst: id });
    ada.send(offer(id));
    ada.send(offer(''));
    expect(await ada.gets('EXPIRE')).toEqual([{ type: 'EXPIRE', src: '', dst: ada.id }]);
    const bela = await PeerjsPeer.join(t.url(1), { id });
    await bela.gets('OFFER');
    expect(bela.types).toEqual(['OPEN', 'OFFER']);
  },

  async 'lets nobody else have an id, and does not disturb who has it'(t) {
    const [ada, bela] = await pair(t);
    for (const n of [0, 1]) {
      const thief = new PeerjsPeer(t.url(n), { id: ada.id, token: 'another' });
      expect(await thief.closes()).toEqual([{ type: 'ID-TAKEN', payload: { msg: 'ID is taken' } }]);
    }
    bela.send(offer(ada.id));
    await ada.gets('OFFER');
    expect(ada.end).toBeUndefined();
  },

  async 'gives an id to its owner again: OPEN for the new socket, and the old one is closed'(t) {
    for (const n of [0, 1]) {
      const [old, bela] = await pair(t);
      const next = await PeerjsPeer.join(t.url(n), { id: old.id });
      expect(await old.closes()).toEqual([{ type: 'OPEN' }]);
      bela.send(offer(old.id));
      await next.gets('OFFER');
      expect(next.end).toBeUndefined();
      expect(bela.types).toEqual(['OPEN']);
    }
  },

  async 'frees an id with its socket, tells nobody, and lets what is sent wait'(t) {
    const [ada, bela] = await pair(t);
    bela.cut();
    // The id is free as soon as the node has noticed the close.
    const next = await until(async () => {
      const outsider = new PeerjsPeer(t.url(0), { id: bela.id, token: 'another' });
      await until(() => outsider.frames.length > 0);
      return outsider.types[0] === 'OPEN' && outsider;
    });
    await ada.settles();
    expect(ada.types).toEqual(['OPEN', 'CANDIDATE']);
    next.send({ type: 'LEAVE' });
    await next.closes();
    ada.send(offer(bela.id));
    await ada.settles();
    const back = await PeerjsPeer.join(t.url(1), { id: bela.id });
    expect((await back.gets('OFFER'))[0]?.src).toBe(ada.id);
  },
};
