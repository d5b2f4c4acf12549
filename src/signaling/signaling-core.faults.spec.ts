import { describe, expect, it } from '@jest/globals';
import { joinRoom, startNodes, stopNodesAfterEach, untilRosterEvent } from '../../test/support/memory-cluster.js';
import { until } from '../../test/support/until.js';
import { PresenceUnavailable } from '../presence/presence.js';
import { encodeNodeMessage } from './codec/node-message.js';

stopNodesAfterEach();

describe('the signaling core while a store, a bus or a node fails', () => {
  it('answers `unavailable` for a peer on an unreachable node, and still delivers to local peers', async () => {
    const { one, two, hub, store } = await startNodes(2);
    const alice = await joinRoom(one, 'alice');
    const carol = await joinRoom(one, 'carol');
    const bob = await joinRoom(two, 'bob');
    await untilRosterEvent(alice.client, 'joined', bob.peer);
    store.down = true;
    hub.isolate(one.bus);
    alice.client.send({ type: 'signal', to: bob.peer, seq: 1, base: 1, kind: 'data' }, 'x');
    expect((await alice.client.until(() => alice.client.received('error')[0])).header).toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    alice.client.send({ type: 'signal', to: carol.peer, seq: 1, base: 1, kind: 'data' }, 'y');
    await carol.client.until(() => carol.client.received('signal').length === 1);
    expect(await alice.client.request({ type: 'update', room: 'r1', meta: {} })).toMatchObject({ code: 'unavailable' });
    store.down = false;
    hub.restore(one.bus);
    alice.client.send({ type: 'signal', to: bob.peer, seq: 1, base: 1, kind: 'data' }, 'again');
    await bob.client.until(() => bob.client.received('signal').length === 1);
  });

  it('repairs a roster whose change was not published', async () => {
    const { one, two, hub } = await startNodes(2);
    const alice = await joinRoom(one, 'alice');
    hub.isolate(one.bus);
    const bob = await joinRoom(two, 'bob');
    hub.restore(one.bus);
    const whole = await alice.client.until(() =>
      alice.client.received('roster').find(({ header }) => header.participants !== undefined),
    );
    expect(whole.header.participants.map((p: any) => p.peer).sort()).toEqual([alice.peer, bob.peer].sort());
  });

  it('ends a peer that left while the store was unavailable once it is available again', async () => {
    const { one, two, store } = await startNodes(2);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    await untilRosterEvent(alice.client, 'joined', bob.peer);
    store.down = true;
    expect(await bob.client.request({ type: 'leave', room: 'r1' })).toMatchObject({ code: 'unavailable' });
    alice.client.send({ type: 'signal', to: bob.peer, seq: 1, base: 1, kind: 'data' }, 'x');
    await alice.client.until(() => alice.client.received('error').length === 1);
    expect(bob.client.received('signal')).toEqual([]);
    store.down = false;
    await untilRosterEvent(alice.client, 'left', bob.peer);
    expect(alice.client.rosterEvents().find(({ event }) => event === 'left')).toMatchObject({ reason: 'left' });
  });

  it('keeps a peer whose leave failed and that joined again', async () => {
    const { one, two, store } = await startNodes(2);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    await untilRosterEvent(alice.client, 'joined', bob.peer);
    store.down = true;
    expect(await bob.client.request({ type: 'leave', room: 'r1' })).toMatchObject({ code: 'unavailable' });
    store.down = false;
    expect(await bob.client.request({ type: 'join', room: 'r1' })).toMatchObject({ type: 'joined', peer: bob.peer });
    await two.services.lifecycle.retryPendingLeaves();
    expect((await one.presence.snapshot('r1' as never)).members.map(({ peer }) => peer)).toContain(bob.peer);
  });

  it('attaches its peers again when the store has lost everything', async () => {
    const { one, two, store } = await startNodes(2);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    await untilRosterEvent(alice.client, 'joined', bob.peer);
    store.rooms.clear();
    store.leases.clear();
    await alice.client.until(() => {
      const room = one.services.rooms.get('r1' as never);
      return room !== undefined && room.epoch !== alice.joined.epoch && room.members.size === 2;
    });
    alice.client.send({ type: 'signal', to: bob.peer, kind: 'data' }, 'still here');
    await bob.client.until(() => bob.client.received('signal').length === 1);
    expect(alice.client.received('removed')).toEqual([]);
  });

  it('reconciles every other room while the store fails for one of them', async () => {
    const { one, two } = await startNodes(2);
    // As in a Redis Cluster without the master of a slot. Two rooms, so that one precedes and one follows the others.
    const away = ['away1', 'away2'];
    await joinRoom(two, 'early', 'away1');
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    await joinRoom(two, 'late', 'away2');
    await untilRosterEvent(alice.client, 'joined', bob.peer);
    const { leave, reconcile } = two.presence;
    const refuse = (room: string) => away.includes(room) && Promise.reject(new PresenceUnavailable('away'));
    two.presence.reconcile = (room, ...rest) => refuse(room) || reconcile.call(two.presence, room, ...rest);
    const once = new Set(['r1']);
    two.presence.leave = (room, ...rest) => {
      if (once.delete(room)) return Promise.reject(new PresenceUnavailable('away'));
      return refuse(room) || leave.call(two.presence, room, ...rest);
    };
    const [leaver] = [...(two.services.rooms.get('away1' as never)?.local.values() ?? [])];
    await expect(two.services.lifecycle.leave(leaver?.session as never, 'away1' as never)).rejects.toThrow('away');
    await expect(two.services.lifecycle.leave(bob.client.session, 'r1' as never)).rejects.toThrow('away');
    await untilRosterEvent(alice.client, 'left', bob.peer);
    const cleo = await joinRoom(two, 'cleo');
    await untilRosterEvent(alice.client, 'joined', cleo.peer);
    await one.presence.detach('r1' as never, cleo.peer as never, cleo.client.session.connection);
    await until(async () => {
      const { members } = await one.presence.snapshot('r1' as never);
      return members.find(({ peer }) => peer === cleo.peer)?.state === 'on';
    });
  });

  it('takes a new node id when another node retired its lease, and keeps its peers', async () => {
    const { one, two } = await startNodes(2);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    await untilRosterEvent(alice.client, 'joined', bob.peer);
    const before = two.services.rooms.node;
    for (const change of await one.presence.retire(before))
      two.bus.send(one.services.rooms.node, encodeNodeMessage({ kind: 'change', change }));
    await untilRosterEvent(alice.client, 'away', bob.peer);
    await bob.client.until(() => two.services.rooms.node !== before);
    await alice.client.until(() => {
      const member = one.services.rooms.get('r1' as never)?.members.get(bob.peer as never);
      return member?.state === 'on' && member.node === two.services.rooms.node;
    });
    await untilRosterEvent(alice.client, 'back', bob.peer);
    expect(bob.client.socket.closed).toBeUndefined();
  });
});
