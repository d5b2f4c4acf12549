import { describe, expect, it } from '@jest/globals';
import { joinRoom, startNodes, stopNodesAfterEach, untilRosterEvent } from '../../test/support/memory-cluster.js';

stopNodesAfterEach();

describe.each([1, 2])('the signaling core on %i node(s)', (count) => {
  it('relays a signal, and its acknowledgement back', async () => {
    const { one, two } = await startNodes(count);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    await untilRosterEvent(alice.client, 'joined', bob.peer);
    alice.client.send({ type: 'signal', to: bob.peer, seq: 1, base: 1, kind: 'offer' }, '{"sdp":1}\n');
    const [signal] = await bob.client.until(
      () => bob.client.received('signal').length === 1 && bob.client.received('signal'),
    );
    expect(signal).toEqual({
      header: { type: 'signal', from: alice.peer, seq: 1, base: 1, kind: 'offer' },
      body: '{"sdp":1}\n',
    });
    bob.client.send({ type: 'ack', to: alice.peer, upto: 1 });
    await alice.client.until(() => alice.client.received('ack').length === 1);
  });

  it('keeps the peer id of a session that resumes on another node, and shows it as away and back', async () => {
    const { one, two } = await startNodes(count);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    bob.client.session.closed();
    await untilRosterEvent(alice.client, 'away', bob.peer);
    const again = await joinRoom(one, 'bob', 'r1', { key: bob.client.key, attempt: 2 });
    expect(again.peer).toBe(bob.peer);
    expect(again.joined.resumed).toBe(true);
    await untilRosterEvent(alice.client, 'back', bob.peer);
    alice.client.send({ type: 'signal', to: bob.peer, kind: 'data' }, 'here?');
    await again.client.until(() => again.client.received('signal').length === 1);
  });

  it('moves a session to a new socket without showing it as away, and closes the old socket', async () => {
    const { one, two } = await startNodes(count);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(one, 'bob');
    const again = await joinRoom(two, 'bob', 'r1', { key: bob.client.key, attempt: 2 });
    expect(again.peer).toBe(bob.peer);
    await bob.client.until(() => bob.client.socket.closed?.code === 4509);
    await untilRosterEvent(alice.client, 'back', bob.peer);
    expect(alice.client.rosterEvents().map((e) => e.event)).not.toContain('away');
    alice.client.send({ type: 'signal', to: bob.peer, kind: 'data' }, 'moved?');
    await again.client.until(() => again.client.received('signal').length === 1);
  });

  it('shows the name in a refreshed token to the room, and to a client that joins later', async () => {
    const { one, two } = await startNodes(count);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    expect(await bob.client.request({ type: 'refresh', token: 'bob:Robert' })).toMatchObject({ type: 'refreshed' });
    await untilRosterEvent(alice.client, 'updated', bob.peer);
    expect(alice.client.rosterEvents().filter((e) => e.event === 'updated')).toEqual([
      { event: 'updated', peer: bob.peer, meta: {}, name: 'Robert' },
    ]);
    const carol = await joinRoom(one, 'carol');
    expect(carol.joined.participants).toMatchObject([{ name: 'alice' }, { name: 'Robert' }, { name: 'carol' }]);
  });

  it('publishes a name that changed while the store was unavailable once it is available again', async () => {
    const { store, one, two } = await startNodes(count);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    store.down = true;
    expect(await bob.client.request({ type: 'refresh', token: 'bob:Robert' })).toMatchObject({ type: 'refreshed' });
    store.down = false;
    await untilRosterEvent(alice.client, 'updated', bob.peer);
    expect(alice.client.rosterEvents().find((e) => e.event === 'updated')?.name).toBe('Robert');
  });

  it('sends every client consecutive roster versions', async () => {
    const { one, two } = await startNodes(count);
    const watcher = await joinRoom(one, 'watcher');
    const others = await Promise.all(Array.from({ length: 20 }, (_, n) => joinRoom(n % 2 ? one : two, `u${n}`)));
    for (const { client } of others) client.session.closed();
    await watcher.client.until(() => watcher.client.rosterEvents().filter((e) => e.event === 'away').length === 20);
    let version = watcher.joined.version;
    for (const { header } of watcher.client.received('roster')) {
      if (header.events !== undefined) expect(header.version - header.events.length).toBe(version);
      version = header.version;
    }
    expect(version).toBe(41);
  });
});

describe('the signaling core', () => {
  it('ends the peer of a resumed session that leaves without joining again', async () => {
    const { one, two } = await startNodes(2);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(one, 'bob');
    bob.client.session.closed();
    await untilRosterEvent(alice.client, 'away', bob.peer);
    const again = two.connect('bob', { key: bob.client.key, attempt: 2 });
    await again.hello();
    expect(await again.request({ type: 'leave', room: 'r1' })).toMatchObject({ type: 'left' });
    await untilRosterEvent(alice.client, 'left', bob.peer);
    expect(await again.request({ type: 'join', room: 'r1' })).toMatchObject({ code: 'session_ended' });
  });

  it('refuses a join of a room that has ended', async () => {
    const { one, two } = await startNodes(2);
    await one.bus.publish({ fact: 'room_closed', room: 'r1' as never });
    const client = two.connect('bob');
    await client.hello();
    expect(await client.request({ type: 'join', room: 'r1' })).toMatchObject({ code: 'room_not_found' });
  });

  it.each(['before', 'after'])('refuses a join whose room ends just %s the store attaches its peer', async (moment) => {
    const { one } = await startNodes(1);
    const { attach } = one.presence;
    one.presence.attach = async (request) => {
      if (moment === 'before') await one.bus.publish({ fact: 'room_closed', room: request.room });
      const result = await attach.call(one.presence, request);
      if (moment === 'after') await one.bus.publish({ fact: 'room_closed', room: request.room });
      return result;
    };
    const carol = one.connect('carol');
    await carol.hello();
    expect(await carol.request({ type: 'join', room: 'r1' })).toMatchObject({ type: 'error', code: 'room_not_found' });
    expect(carol.received('joined')).toEqual([]);
    expect((await one.presence.snapshot('r1' as never)).members).toEqual([]);
  });

  it('refuses a signal to a peer that reads too slowly, on any node, with `peer_busy`', async () => {
    const { one, two } = await startNodes(2);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    const carol = await joinRoom(one, 'carol');
    await untilRosterEvent(alice.client, 'joined', bob.peer);
    await untilRosterEvent(alice.client, 'joined', carol.peer);
    for (const slow of [bob, carol]) slow.client.socket.bufferedBytes = 2 * 1024 * 1024;
    alice.client.send({ type: 'signal', to: carol.peer, seq: 1, base: 1, kind: 'data' }, 'x');
    alice.client.send({ type: 'signal', to: bob.peer, seq: 1, base: 1, kind: 'data' }, 'x');
    await alice.client.until(() => alice.client.received('error').length === 2);
    for (const { header } of alice.client.received('error'))
      expect(header).toMatchObject({ code: 'peer_busy', retryable: true });
    expect(carol.client.received('signal')).toEqual([]);
  });

  it('answers `peer_away` when the node of the receiver no longer holds it', async () => {
    const { one, two, hub } = await startNodes(2);
    const alice = await joinRoom(one, 'alice');
    const bob = await joinRoom(two, 'bob');
    await untilRosterEvent(alice.client, 'joined', bob.peer);
    const stale = one.services.rooms.get('r1' as never)?.members.get(bob.peer as never);
    expect(stale).toBeDefined();
    two.services.rooms.unbindPeer(bob.peer as never, bob.client.session);
    alice.client.send({ type: 'signal', to: bob.peer, seq: 5, base: 5, kind: 'data' }, 'x');
    const error = await alice.client.until(() => alice.client.received('error')[0]);
    expect(error.header).toMatchObject({ to: bob.peer, seq: 5, code: 'peer_away', retryable: true });
    expect(hub).toBeDefined();
  });
});
