import { afterEach, expect } from '@jest/globals';
import { MemoryBusHub } from '../../src/bus/bus.memory.js';
import { MemoryPresenceStore } from '../../src/presence/memory/presence.memory.js';
import { type MemoryClient, MemoryNode } from './memory-node.js';

const nodes: MemoryNode[] = [];

/** Starts nodes on one presence store and one bus. A test file that uses it also calls {@link stopNodesAfterEach}. */
export const startNodes = async (count: number) => {
  const store = new MemoryPresenceStore();
  const hub = new MemoryBusHub();
  for (let n = 0; n < count; n += 1) nodes.push(await new MemoryNode(store, hub).start());
  return { store, hub, one: nodes[0] as MemoryNode, two: nodes.at(-1) as MemoryNode };
};

/** Stops the nodes after each test, and fails the test if a handler threw an unexpected error. */
export const stopNodesAfterEach = (): void => {
  afterEach(async () => {
    for (const node of nodes.splice(0)) {
      await node.stop();
      expect(node.faults).toEqual([]);
    }
  });
};

/** Connects a client of a user and joins a room. */
export const joinRoom = async (node: MemoryNode, user: string, room = 'r1', options = {}) => {
  const client = node.connect(user, options);
  expect((await client.hello()).type).toBe('welcome');
  const joined = await client.request({ type: 'join', room });
  expect(joined.type).toBe('joined');
  return { client, peer: joined.peer as string, joined };
};

/** Resolves when a client has received a roster event of a peer. */
export const untilRosterEvent = (client: MemoryClient, event: string, peer: string) =>
  client.until(() => client.rosterEvents().find((e) => e.event === event && (e.peer ?? e.participant?.peer) === peer));
