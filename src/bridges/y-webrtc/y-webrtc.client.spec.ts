import { expect, it } from '@jest/globals';
import type { Principal } from '../../auth/principal.js';
import { MemoryTopics } from '../../topics/topics.memory.js';
import type { BridgeSocket } from '../bridge.js';
import { IdleClients } from './idle-clients.js';
import { YWebrtcClient } from './y-webrtc.client.js';

const socket: BridgeSocket = {
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
  const house = { topics, counters, idleClients: new IdleClients(1), maxTopics: 3, echo: (payload: Buffer) => payload };
  const principal = { kind: 'external', grants: { 'team-*': 'member' } } as unknown as Principal;
  const client = new YWebrtcClient(socket, house, { isIn: true, principal });
  client.receive(JSON.stringify({ type: 'subscribe', topics: ['team-1', ...Array(9_000).fill('other')] }));
  expect([topics.stats.subscriptions, counters.refusedTopics]).toEqual([1, 2]);
  client.receive(JSON.stringify({ type: 'unsubscribe', topics: ['team-1'] }));
  expect(topics.stats.subscriptions).toBe(0);
  client.closed();
  await topics.close();
});
