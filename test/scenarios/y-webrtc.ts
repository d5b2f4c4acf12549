import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { until } from '../support/until.js';
import { YSocket } from '../support/y-webrtc-socket.js';
import type { Topology } from './topology.js';

type Scenario = (t: Topology, open: (n: number) => Promise<YSocket>) => Promise<void>;

const aRoom = (): string => `room ${randomUUID()} ☃`;

/** Connects two clients on different nodes that are subscribed to a room. */
const pair = async (open: (n: number) => Promise<YSocket>): Promise<{ a: YSocket; b: YSocket; room: string }> => {
  const [a, b] = await Promise.all([open(0), open(1)]);
  const room = aRoom();
  await Promise.all([a.hears(room), b.hears(room)]);
  // Probes of the other client may still arrive, before these.
  const words = ['barrier a', 'barrier b'];
  a.publish(room, words[0]);
  b.publish(room, words[1]);
  await until(() => [a, b].every((socket) => words.every((word) => socket.heard(room).includes(word))));
  a.frames.length = 0;
  b.frames.length = 0;
  return { a, b, room };
};

const withoutBarriers = (heard: readonly unknown[]): unknown[] =>
  heard.filter((data) => !String(data).startsWith('barrier'));

/** The protocol of y-webrtc 10.3.0 and its reference server, on one node and on several. */
const Y_WEBRTC: Readonly<Record<string, Scenario>> = {
  'a publication of almost 256 KiB comes to every subscriber': async (_, open) => {
    const { a, b, room } = await pair(open);
    const data = 'x'.repeat(262_000);
    a.publish(room, data);
    for (const socket of [a, b]) await until(() => socket.heard(room).includes(data));
  },

  'a publication comes to every subscriber as it was sent, the publisher too, with a count': async (_, open) => {
    const { a, b, room } = await pair(open);
    const frame = {
      type: 'publish',
      topic: room,
      data: { type: 'announce', from: 'ä "☃" \\ \u0000' },
      extra: [1, null],
    };
    a.send(JSON.stringify(frame, undefined, 2));
    for (const socket of [a, b]) {
      await until(() => socket.frames.length > 0);
      expect(socket.frames).toEqual([{ ...frame, clients: expect.any(Number) }]);
      expect(socket.frames[0]?.clients).toBeGreaterThan(0);
      expect(socket.binary).toBe(0);
    }
  },

  'the server says nothing of its own accord, and answers a ping': async (_, open) => {
    const a = await open(0);
    a.subscribe(aRoom());
    await a.pong();
    expect(a.frames).toEqual([{ type: 'pong' }]);
  },

  'what a password has made unreadable is passed on': async (_, open) => {
    const { a, b, room } = await pair(open);
    a.publish(room, 'AAEC/w==');
    await until(() => b.heard(room).length > 0);
    expect(b.heard(room)).toEqual(['AAEC/w==']);
  },

  'one subscription names many rooms, and doing it again doubles nothing': async (_, open) => {
    const [a, b] = await Promise.all([open(0), open(1)]);
    const rooms = [aRoom(), aRoom(), aRoom()];
    for (const socket of [a, b]) socket.subscribe(...rooms, rooms[0], 7, null, {}, '');
    for (const room of rooms) await Promise.all([a.reaches(a, room), b.reaches(b, room)]);
    b.subscribe(rooms[0]);
    for (const room of rooms) a.publish(room, 'once');
    for (const room of rooms) {
      await a.reaches(b, room);
      expect(withoutBarriers(b.heard(room))).toEqual(['once']);
    }
  },

  'who unsubscribes hears nothing more of that room': async (_, open) => {
    const { a, b, room } = await pair(open);
    const other = aRoom();
    await b.hears(other);
    b.send({ type: 'unsubscribe', topics: [room, 'never heard of', 5] });
    await b.pong();
    a.publish(room, 'psst');
    await a.reaches(a, room);
    a.publish(other, 'listen');
    await until(() => b.heard(other).includes('listen'));
    await b.hears(room);
    expect(withoutBarriers(b.heard(room))).toEqual([]);
  },

  'nothing comes from another room, nor from a topic that is not of this bridge': async (_, open) => {
    const { a, b, room } = await pair(open);
    a.publish(`${room}x`, 'no');
    a.publish(room.slice(1), 'no');
    a.publish(`y-webrtc:${room}`, 'no');
    await a.reaches(b, room);
    expect(b.frames.filter(({ data }) => data === 'no')).toEqual([]);
  },

  'one publishes without being subscribed': async (_, open) => {
    const { b, room } = await pair(open);
    const outsider = await open(2);
    outsider.publish(room, 'hello');
    await until(() => b.heard(room).includes('hello'));
    expect(outsider.frames).toEqual([]);
  },

  'five hundred publications keep their order and come once': async (_, open) => {
    const { a, b, room } = await pair(open);
    for (let n = 0; n < 500; n += 1) a.publish(room, n);
    await until(() => b.heard(room).length >= 500);
    await a.reaches(b, room);
    expect(withoutBarriers(b.heard(room))).toEqual(Array.from({ length: 500 }, (_, n) => n));
  },

  'a burst of two megabytes comes whole to who reads': async (_, open) => {
    const { a, b, room } = await pair(open);
    const data = 'x'.repeat(50_000);
    for (let n = 0; n < 40; n += 1) a.publish(room, `${n}${data}`);
    await until(() => b.heard(room).length >= 40);
    expect(b.heard(room).map((text) => Number.parseInt(String(text), 10))).toEqual(
      Array.from({ length: 40 }, (_, n) => n),
    );
  },

  'what was published right behind a subscription comes to those who were there, and back': async (_, open) => {
    const { b, room } = await pair(open);
    const c = await open(2);
    c.subscribe(room);
    for (const word of ['announce', 'offer', 'candidate']) c.publish(room, word);
    for (const socket of [b, c]) {
      await until(() => socket.heard(room).length >= 3);
      expect(socket.heard(room)).toEqual(['announce', 'offer', 'candidate']);
    }
  },

  'of two who come and announce themselves at the same moment exactly one hears the other': async (_, open) => {
    const met: string[] = [];
    for (let round = 0; round < 30; round += 1) {
      const [a, b] = await Promise.all([open(0), open(1)]);
      const room = aRoom();
      for (const [socket, from] of [
        [a, 'a'],
        [b, 'b'],
      ] as const) {
        socket.subscribe(room);
        socket.publish(room, { type: 'announce', from });
      }
      await Promise.all([a, b].map((socket) => until(() => socket.heard(room).length > 0)));
      await Promise.all([a.reaches(b, room), b.reaches(a, room)]);
      const hears = (socket: YSocket, from: string) => socket.heard(room).some((data: any) => data.from === from);
      met.push(`${hears(a, 'b') ? 'a hears b' : ''}${hears(b, 'a') ? 'b hears a' : ''}`);
      a.close();
      b.close();
    }
    expect(met.filter((who) => who !== 'a hears b' && who !== 'b hears a')).toEqual([]);
  },

  'a socket that is gone is no subscriber': async (t, open) => {
    const { a, b, room } = await pair(open);
    const again = await open(1);
    await again.hears(room);
    b.close();
    const counts = async () => {
      await a.reaches(again, room);
      return again.frames.at(-1)?.clients;
    };
    await until(async () => (await counts()) === (t.nodes.length === 1 ? 2 : 1));
  },

  'rubbish is passed over, and the same socket goes on': async (_, open) => {
    const { a, b, room } = await pair(open);
    const malformed = [
      '',
      '{',
      'null',
      '7',
      '"x"',
      '[]',
      '{}',
      '{"type":5}',
      '{"type":"subscribe"}',
      '{"type":"__proto__"}',
    ];
    for (const text of malformed) a.send(text);
    for (const topics of ['x', {}, null, [null], [[]], [{}]]) a.send({ type: 'subscribe', topics });
    for (const topic of [null, 5, {}, [], '']) a.send({ type: 'publish', topic, data: 1 });
    a.send('['.repeat(30_000));
    a.send(`{"type":"publish","topic":"${room}","data":${'['.repeat(9_000)}${']'.repeat(9_000)}}`);
    a.send(
      `{"type":"ping","type":"publish","topic":"x","topic":${JSON.stringify(room)},"clients":-1,"data":"twice"}  \n`,
    );
    await until(() => b.heard(room).includes('twice'));
    expect(b.frames.at(-1)?.clients).toBeGreaterThan(0);
    await a.reaches(b, room);
    await a.pong();
  },

  'a look with a browser finds it': async (t) => {
    const answer = await fetch(`${t.url(1)}/y-webrtc`);
    expect([answer.status, await answer.text()]).toEqual([200, 'okay']);
  },
};

/** The scenarios, with sockets that are closed afterwards. */
export const Y_WEBRTC_SCENARIOS = Object.fromEntries(
  Object.entries(Y_WEBRTC).map(([name, scenario]) => [
    name,
    async (t: Topology): Promise<void> => {
      const sockets: YSocket[] = [];
      const open = async (n: number) => {
        const socket = await YSocket.open(t.url(n));
        sockets.push(socket);
        return socket;
      };
      try {
        await scenario(t, open);
      } finally {
        for (const socket of sockets) socket.close();
      }
    },
  ]),
);
