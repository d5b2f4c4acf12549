import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import type { ParleyError } from './errors.js';
import type { Room } from './room/room.js';
import { Clients, once } from './testing/clients.js';
import { type FakeGateway, participant } from './testing/fake-gateway.js';

let clients: Clients;
let gateway: FakeGateway;

beforeEach(async () => {
  clients = await Clients.start({ WebSocket, WebSocketServer });
  gateway = clients.gateway;
});
afterEach(() => clients.stop());

const joined = (peer: string, version: number) => {
  const event = { event: 'joined', participant: participant(peer, version, { meta: { deep: { muted: true } } }) };
  gateway.current.send({ type: 'roster', room: 'room', epoch: 'epoch-1', version, events: [event] });
};
const changed = (store: { readonly subscribe: Room['subscribe'] }): Promise<void> =>
  new Promise((resolve) => {
    const stop = store.subscribe(() => {
      stop();
      resolve();
    });
  });

describe('the snapshot of a room', () => {
  it('is the same object until something changes, and another one after it', async () => {
    const { room } = await clients.joined();
    const { getSnapshot } = room;
    const before = getSnapshot();
    await room.update({ settled: true });
    expect(getSnapshot()).toBe(before);
    const roster = once<ReadonlyMap<string, unknown>>((listener) => room.on('roster', listener));
    joined('b', 2);
    const map = await roster;
    const after = getSnapshot();
    expect(after).not.toBe(before);
    expect(getSnapshot()).toBe(after);
    expect([before, after].map(({ participants }) => participants.map(({ peer }) => peer))).toEqual([
      ['me'],
      ['b', 'me'],
    ]);
    expect([after.self, after.peers.map(({ id }) => id), after.closed]).toEqual(['me', ['b'], false]);
    joined('c', 3);
    await changed(room);
    // The payload of an event is a copy of its moment.
    expect([[...map.keys()].sort(), room.participants.size]).toEqual([['b', 'me'], 3]);
  });

  it('cannot be changed, nor can what is in it', async () => {
    const { room } = await clients.joined();
    joined('b', 2);
    await changed(room);
    const { participants, peers, knocks } = room.getSnapshot();
    const [b] = participants;
    for (const value of [room.getSnapshot(), participants, peers, knocks, b, b?.meta, b?.meta['deep']])
      expect(Object.isFrozen(value)).toBe(true);
  });

  it('follows the settings and the end of the room', async () => {
    const { room } = await clients.joined();
    const settings = { name: 'Daily', access: 'open', locked: true, capacity: 9, metadata: {} };
    gateway.current.send({ type: 'room', room: 'room', ...settings });
    await changed(room);
    expect(room.getSnapshot().info).toEqual(settings);
    const ended = changed(room);
    void room.leave();
    await ended;
    expect(room.getSnapshot()).toMatchObject({ closed: true });
  });

  it('is not told to those who unsubscribed, and an exception of one listener is reported', async () => {
    const { client, room } = await clients.joined();
    const calls: string[] = [];
    const failed = once<ParleyError>((listener) => client.on('error', listener));
    room.subscribe(() => {
      throw new Error('mine');
    });
    room.subscribe(() => calls.push('unsubscribed'))();
    const told = changed(room);
    joined('b', 2);
    await told;
    expect(await failed).toMatchObject({ message: 'mine' });
    expect(calls).toEqual([]);
    expect(() => room.subscribe(undefined as never)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});

describe('the snapshot of the chat', () => {
  it('has the messages of this visit, the newest 500', async () => {
    const { room } = await clients.joined();
    // The replies come after all that was sent before: the cursor holds a bounded number of messages at once.
    await room.history();
    const empty = room.chat.getSnapshot();
    const line = { type: 'chat', room: 'room', user: 'u', name: 'U', from: 'a', at: 0, text: '' };
    for (let seq = 1; seq <= 501; seq++) {
      gateway.current.send({ ...line, id: `${seq}`, seq });
      if (seq % 100 === 1) await room.update({ seq });
    }
    const messages = room.chat.getSnapshot();
    expect([empty, messages.length, messages.at(0)?.seq, messages.at(-1)?.seq]).toEqual([[], 500, 2, 501]);
    expect([room.chat.getSnapshot() === messages, Object.isFrozen(messages), Object.isFrozen(messages[0])]).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe('the snapshot of a client', () => {
  it('follows its state', async () => {
    const client = clients.make();
    const states: string[] = [];
    client.subscribe(() => states.push(client.getSnapshot().state));
    const idle = client.getSnapshot();
    expect([idle.state, client.getSnapshot() === idle, Object.isFrozen(idle)]).toEqual(['idle', true, true]);
    await client.connect();
    expect(client.getSnapshot()).toEqual({
      state: 'connected',
      session: 'session',
      user: { id: 'user', name: 'User' },
      node: 'node',
    });
    await client.close();
    expect([states.at(0), states.at(-1)]).toEqual(['connecting', 'closed']);
  });
});
