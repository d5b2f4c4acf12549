import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { YSocket } from '../support/y-webrtc-socket.js';
import { external, hostileStage, type Stage, seconds, sign } from './stage.js';

const LIMITS = { maxTopics: 300, maxBytes: 262_144, maxPerSocket: 50, maxPerAddress: 220 };

/** Opens sockets of the bridge, each from its own address, which are closed after the test. */
const clientsOf = (stage: Stage) => {
  const sockets: YSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });
  return async (query = '', address = stage.newAddress()): Promise<YSocket> => {
    const socket = await YSocket.open(stage.node.url, `/y-webrtc${query}`, { 'x-forwarded-for': address });
    sockets.push(socket);
    return socket;
  };
};

/** Connects two honest clients in a room. */
const honestPair = async (open: () => Promise<YSocket>) => {
  const room = randomUUID();
  const [a, b] = [await open(), await open()];
  await Promise.all([a.hears(room), b.hears(room)]);
  return {
    meet: async () => {
      await a.reaches(b, room);
      await b.reaches(a, room);
    },
  };
};

describe('a bridge for anyone', () => {
  const stage = hostileStage({
    MAX_TOPICS: `${LIMITS.maxTopics}`,
    MAX_TOPICS_BYTES: `${LIMITS.maxBytes}`,
    MAX_TOPICS_PER_SOCKET: `${LIMITS.maxPerSocket}`,
    MAX_TOPICS_PER_ADDRESS: `${LIMITS.maxPerAddress}`,
    BYTE_BURST: '500000000',
    FRAME_BURST: '1000000',
  });
  const open = clientsOf(stage);
  const socketsOpen = () => stage.metric('parley_bridge_sockets\\{bridge="y_webrtc"\\}');

  it('Y01 malformed frames are ignored', async () => {
    const honest = await honestPair(open);
    const mallory = await open();
    const frames = ['', '{', '\u0000', 'null', '[]', '[1]', '"publish"', '{"type":{}}', '{"type":"constructor"}'];
    const shapes = [{}, [], null, 1, [null, {}, [], 1]].map((topics) => JSON.stringify({ type: 'subscribe', topics }));
    for (const text of [...frames, ...shapes]) mallory.send(text);
    mallory.send(`{"type":"subscribe","topics":${'['.repeat(20_000)}${']'.repeat(20_000)}}`);
    mallory.send('{"__proto__":{"type":"publish"},"type":"unsubscribe","topics":["__proto__","constructor"]}');
    await mallory.pong();
    await mallory.hears('__proto__');
    await honest.meet();
    expect(mallory.closeCode).toBeUndefined();
  });

  it('Y02 frames that are too large or binary end their own socket', async () => {
    const honest = await honestPair(open);
    const [large, binary] = [await open(), await open()];
    large.publish('x', 'y'.repeat(300_000));
    binary.ws.send(Buffer.from('{"type":"ping"}'), { binary: true });
    await until(() => large.closeCode === 1009 && binary.closeCode === 4515);
    await honest.meet();
  });

  it('Y03 a flood of topics ends at the limits of socket and node, and others keep theirs', async () => {
    const honest = await honestPair(open);
    const before = await stage.metric('parley_topics');
    const flood = await Promise.all(Array.from({ length: 20 }, () => open()));
    for (const socket of flood) {
      for (let n = 0; n < 5; n += 1) socket.subscribe(...Array.from({ length: 1_000 }, () => randomUUID()));
    }
    await Promise.all(flood.map((socket) => socket.pong()));
    expect(await stage.metric('parley_topics')).toBeLessThanOrEqual(LIMITS.maxTopics);
    expect(await stage.metric('parley_topic_bytes')).toBeLessThanOrEqual(LIMITS.maxBytes);
    expect(await stage.metric('parley_topic_refusals_total')).toBeGreaterThanOrEqual(20);
    await honest.meet();
    for (const socket of flood) socket.close();
    await until(async () => (await stage.metric('parley_topics')) <= before);
    const late = await honestPair(open);
    await late.meet();
  });

  it('Y03 one address cannot exhaust the topics of the node, and its client is closed with the reason', async () => {
    const address = stage.newAddress();
    const flood = await Promise.all(Array.from({ length: 10 }, () => open('', address)));
    for (const socket of flood) socket.subscribe(...Array.from({ length: LIMITS.maxPerSocket }, () => randomUUID()));
    await Promise.all(flood.map((socket) => socket.pong()));
    const late = await honestPair(open);
    await late.meet();
    await until(() => flood.filter(({ closeCode }) => closeCode === 4029).length >= 6, 30_000);
    expect(flood.filter(({ closeCode }) => closeCode === undefined)).toHaveLength(4);
  }, 60_000);

  it('Y04 names that are too long are refused, and close their socket', async () => {
    const mallory = await open();
    const before = await stage.metric('parley_topic_bytes');
    for (let n = 0; n < 20; n += 1) mallory.subscribe('☃'.repeat(200), 'x'.repeat(60_000));
    await mallory.pong();
    expect(await stage.metric('parley_topic_bytes')).toBe(before);
    await mallory.hears('short');
    await until(() => mallory.closeCode === 4503, 30_000);
  }, 60_000);

  it('Y06 a client that does not read is closed, and uses no memory', async () => {
    const honest = await honestPair(open);
    const room = randomUUID();
    const [unread, loud] = [await open(), await open()];
    await Promise.all([unread.hears(room), loud.hears(room)]);
    const sockets = await socketsOpen();
    unread.ws.pause();
    const data = 'x'.repeat(60_000);
    await until(async () => {
      for (let n = 0; n < 20; n += 1) loud.publish(room, data);
      await loud.pong();
      return (await socketsOpen()) < sockets;
    }, 60_000);
    expect(loud.closeCode).toBeUndefined();
    await loud.reaches(loud, room);
    await honest.meet();
  }, 90_000);

  it('Y07 rapid subscriptions and unsubscriptions leave nothing behind', async () => {
    const honest = await honestPair(open);
    const mallory = await open();
    await mallory.pong();
    const before = await stage.metric('parley_topics');
    for (let n = 0; n < 300; n += 1) {
      const topics = [`${n}`];
      mallory.send({ type: 'subscribe', topics });
      mallory.send({ type: 'publish', topic: `${n}`, data: n });
      mallory.send({ type: 'unsubscribe', topics });
    }
    await mallory.pong();
    expect(await stage.metric('parley_topics')).toBe(before);
    await honest.meet();
  });
});

describe('a bridge with a rate for rooms', () => {
  const stage = hostileStage({ ROOM_DELIVERY_BURST: '500', ROOM_DELIVERIES_PER_SECOND: '50' });
  const open = clientsOf(stage);

  it('Y05 a flood into a full room is limited to the rate of the room, and other rooms are not affected', async () => {
    const honest = await honestPair(open);
    const room = randomUUID();
    const group = await Promise.all(Array.from({ length: 20 }, () => open()));
    await Promise.all(group.map((socket) => socket.hears(room)));
    const before = await stage.metric('parley_topic_deliveries_total');
    const flooders = group.slice(0, 3);
    for (const flooder of flooders) for (let n = 0; n < 1_000; n += 1) flooder.publish(room, 'flood');
    await until(
      async () => (await stage.metric('parley_bridge_events_total\\{bridge="y_webrtc",event="pauses"\\}')) >= 3,
    );
    await honest.meet();
    // 3,000 frames to 20 clients would have been 60,000.
    expect((await stage.metric('parley_topic_deliveries_total')) - before).toBeLessThan(2_000);
  });
});

describe('a bridge that requires a token', () => {
  const stage = hostileStage({ Y_WEBRTC: 'token' });
  const open = clientsOf(stage);

  it('Y08 without a valid token a client stays idle: its pings are answered, and it neither sends nor receives publications', async () => {
    const member = await open(`?token=${external('member')}`);
    await member.hears('room');
    const other = sign(
      { alg: 'HS256', typ: 'JWT' },
      { sub: 'x', exp: seconds() + 600 },
      'another secret of 32 bytes, at least',
    );
    const bad = [
      '',
      '?token=',
      '?token=x',
      `?token=${external('late', { exp: seconds() - 60 })}`,
      `?token=${other}`,
      `?Token=${external('x')}`,
    ];
    const outsiders = await Promise.all(bad.map((query) => open(query)));
    for (const outsider of outsiders) {
      outsider.subscribe('room');
      outsider.publish('room', 'let me in');
    }
    await Promise.all(outsiders.map((outsider) => outsider.pong()));
    // Longer than the hello timeout: clients that are closed at once would reconnect at once, endlessly.
    const silent = await stage.socket();
    await until(() => silent.closeCode !== undefined);
    await Promise.all(outsiders.map((outsider) => outsider.pong()));
    await member.reaches(member, 'room');
    expect(member.heard('room')).not.toContain('let me in');
    for (const { closeCode, frames } of outsiders) {
      expect([closeCode, frames.filter(({ type }) => type !== 'pong')]).toEqual([undefined, []]);
    }
    expect(await stage.metric('parley_bridge_events_total\\{bridge="y_webrtc",event="refused_clients"\\}')).toBe(
      bad.length,
    );
  });

  it('Y09 a token for other rooms opens only those', async () => {
    const client = await open(`?token=${external('visitor', { rooms: { 'team-*': 'member', lobby: 'guest' } })}`);
    const guest = await open(`?token=${external('guest', { kind: 'guest' })}`);
    const member = await open(`?token=${external('member')}`);
    for (const topic of ['team-1', 'lobby', 'secret']) await member.hears(topic);
    for (const topic of ['team-1', 'lobby', 'secret', 'team', 'lobby2']) client.subscribe(topic);
    for (const topic of ['team-1', 'secret']) {
      client.publish(topic, 'visitor');
      guest.subscribe(topic);
      guest.publish(topic, 'guest');
    }
    await Promise.all([client.pong(), guest.pong()]);
    for (const topic of ['team-1', 'lobby']) {
      await until(() => {
        member.publish(topic, 'for members');
        return client.heard(topic).includes('for members');
      });
    }
    member.publish('secret', 'for members');
    await member.reaches(member, 'secret');
    await client.reaches(client, 'team-1');
    expect([...client.heard('secret'), ...guest.frames.filter(({ type }) => type !== 'pong')]).toEqual([]);
    expect(member.heard('team-1')).toContain('visitor');
    expect(member.heard('secret').filter((data) => data === 'visitor' || data === 'guest')).toEqual([]);
  });

  it('Y10 a revoked account is disconnected at once, and stays idle after reconnecting', async () => {
    const { rest, token } = await stage.enter('Leaver');
    const leaver = await open(`?token=${token}`);
    await leaver.hears('room');
    await rest.call('POST', '/v1/auth/logout-all', undefined, token);
    await until(() => leaver.closeCode !== undefined);
    const again = await open(`?token=${token}`);
    again.subscribe('room');
    again.publish('room', 'back');
    await again.pong();
    expect(again.frames.filter(({ type }) => type !== 'pong')).toEqual([]);
  });

  it('Y11 no token of a query is in the log, whatever the request', async () => {
    const token = external('secretive');
    await (await open(`?token=${token}`)).hears('room');
    for (const path of ['/y-webrtc', '/y-webrtc/', '/y-webrtc/none', '/none']) {
      await fetch(`${stage.node.url}${path}?token=${token}`);
      await YSocket.open(stage.node.url, `${path}?token=${token}`);
    }
    expect(stage.node.output()).not.toContain(token.slice(-20));
  });
});

describe('a bridge that is off', () => {
  const stage = hostileStage({ Y_WEBRTC: 'off' });

  it('Y12 it is not served', async () => {
    const socket = await YSocket.open(stage.node.url);
    await until(() => socket.closeCode !== undefined);
    expect((await fetch(`${stage.node.url}/y-webrtc`)).status).toBe(404);
  });
});
