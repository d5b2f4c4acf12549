import { expect, it } from '@jest/globals';
import type { Principal } from '../../auth/principal.js';
import { MemoryTopics } from '../../topics/topics.memory.js';
import type { DoorSocket } from '../bridge.js';
import { Idlers } from './idle-clients.js';
import { YWebrtcVisitor } from './y-webrtc.client.js';

const socket: DoorSocket = {
  connection: 'c',
  address: undefined,
  send: () => true,
  push() {},
  admit: () => true,
  close() {},
};

it('looks at no more topics of a frame than a socket may have', async () => {
  const topics = new MemoryTopics();
  const counters = { strangeFrames: 0, refusedTopics: 0, refusedClients: 0 };
  const house = { topics, counters, idlers: new Idlers(1), mostTopics: 3, echo: (payload: Buffer) => payload };
  const principal = { kind: 'external', grants: { 'team-*': 'member' } } as unknown as Principal;
  const visitor = new YWebrtcVisitor(socket, house, { isIn: true, principal });
  visitor.receive(JSON.stringify({ type: 'subscribe', topics: ['team-1', ...Array(9_000).fill('other')] }));
  expect([topics.stats.subscriptions, counters.refusedTopics]).toEqual([1, 2]);
  visitor.receive(JSON.stringify({ type: 'unsubscribe', topics: ['team-1'] }));
  expect(topics.stats.subscriptions).toBe(0);
  visitor.closed();
  await topics.close();
});
