import { expect, it } from '@jest/globals';
import type { RoomId, UserId } from '@parley/protocol';
import { MemoryNode } from '../../../test/support/memory-node.js';
import { MemoryBusHub } from '../../bus/bus.memory.js';
import { MemoryPresenceStore } from '../../presence/memory/presence.memory.js';

const [ROOM, BOB] = ['r1' as RoomId, 'bob' as UserId];

it('applies a permission change made during a join once the join is done', async () => {
  const node = await new MemoryNode(new MemoryPresenceStore(), new MemoryBusHub()).start();
  const alice = node.connect('alice');
  await alice.hello();
  await alice.request({ type: 'join', room: ROOM });

  // The join reads the previous permissions, and completes after the cluster event.
  let permissions: object = { role: 'moderator' };
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  node.services.access.admit = async () => {
    const admission = { role: 'member' as const, capacity: 100, ...permissions };
    await gate;
    return admission;
  };
  const bob = node.connect('bob');
  await bob.hello();
  const joined = bob.request({ type: 'join', room: ROOM });
  await bob.until(() => node.services.pendingJoins.size === 1);
  permissions = { role: 'member', publish: false };
  await node.bus.publish({ fact: 'member_changed', room: ROOM, user: BOB });
  open();

  const { peer, participants } = await joined;
  expect(participants.find((each: { peer: string }) => each.peer === peer)).toMatchObject({ role: 'moderator' });
  await bob.until(() => node.services.rooms.participantOf(peer).role === 'member');
  expect(node.services.rooms.participantOf(peer)).toMatchObject({ publish: false });
  await alice.until(() => alice.rosterEvents().find((event) => event.event === 'permitted' && event.peer === peer));
  expect((await node.presence.snapshot(ROOM)).members).toContainEqual(
    expect.objectContaining({ peer, role: 'member', publish: false }),
  );
  expect([node.services.pendingJoins.size, node.faults]).toEqual([0, []]);
  await node.stop();
});
