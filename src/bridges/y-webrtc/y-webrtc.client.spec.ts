import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Principal } from '../../auth/principal.js';
import { TOPIC_LIMITS } from '../../topics/topics.js';
import { MemoryTopics } from '../../topics/topics.memory.js';
import type { BridgeSocket } from '../bridge.js';
import { IdleClients } from './idle-clients.js';
import { REFUSAL_IDLE_MS } from './topic-refusals.js';
import { YWebrtcClient } from './y-webrtc.client.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const enter = (address: string | undefined, limits = TOPIC_LIMITS, principal?: Principal) => {
  const topics = new MemoryTopics(limits);
  const counters = { strangeFrames: 0, refusedTopics: 0, refusedClients: 0 };
  const idleClients = new IdleClients(1);
  const host = { topics, counters, idleClients, maxTopics: 3, echo: (payload: Buffer) => payload };
  const closed: [number, string][] = [];
  const socket: BridgeSocket = {
    connection: 'c',
    address,
    send: () => true,
    push() {},
    admit: () => true,
    close: (code, reason) => void closed.push([code, reason]),
  };
  const client = new YWebrtcClient(socket, host, { isIn: true, principal });
  const subscribe = (...names: string[]) => client.receive(JSON.stringify({ type: 'subscribe', topics: names }));
  return { topics, counters, idleClients, closed, client, subscribe };
};

it('looks at no more topics of a frame than a socket may have, and closes a client that named more', async () => {
  const principal = { kind: 'external', grants: { 'team-*': 'member' } } as unknown as Principal;
  const { topics, counters, client, closed, subscribe } = enter(undefined, TOPIC_LIMITS, principal);
  subscribe('team-1', ...Array(9_000).fill('other'));
  expect([topics.stats.subscriptions, counters.refusedTopics]).toEqual([1, 3]);
  client.receive(JSON.stringify({ type: 'unsubscribe', topics: ['team-1'] }));
  expect([topics.stats.subscriptions, closed]).toEqual([0, []]);
  jest.advanceTimersByTime(REFUSAL_IDLE_MS);
  expect(closed).toEqual([[4029, 'too many rooms on this socket']]);
  client.closed();
  await topics.close();
});

it.each([
  [{ maxTopicsPerClient: 1 }, ['a', 'b'], [4029, 'too many rooms on this socket']],
  [{ maxTopicsPerAddress: 1 }, ['a', 'b'], [4029, 'too many rooms of this address or user']],
  [{ maxTopics: 1 }, ['a', 'b'], [4029, 'too many rooms on this node']],
  [{ maxTopicBytes: 16 }, ['a', 'x'.repeat(20)], [4503, 'the name of a room is too long']],
] as const)('a client beyond %j goes on with what it has, and is closed with the reason', async (limit, names, end) => {
  const { topics, client, closed, idleClients, subscribe } = enter('192.0.2.1', { ...TOPIC_LIMITS, ...limit });
  subscribe(...names);
  subscribe('another');
  jest.advanceTimersByTime(REFUSAL_IDLE_MS - 1);
  expect([closed, idleClients.size, topics.stats.subscriptions > 0]).toEqual([[], 1, true]);
  jest.advanceTimersByTime(1);
  expect(closed).toEqual([end]);
  client.closed();
  expect([idleClients.size, topics.stats.subscriptions]).toEqual([0, 0]);
  await topics.close();
});

it('closes a refused client at once when as many wait as may', () => {
  const idle = new IdleClients(0);
  const closed: number[] = [];
  idle.closeLater({ close: (code: number) => void closed.push(code) } as unknown as BridgeSocket, 1_000, 4029, 'x');
  expect([closed, idle.size]).toEqual([[4029], 0]);
});
