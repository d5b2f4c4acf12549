import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId } from '@parley/protocol';
import { HandlerFixture, lastFrame, ROOM } from '../../../test/support/handler-fixture.js';
import type { MemberEvent } from '../../presence/presence.js';
import { RosterSync } from './roster-sync.js';

describe('roster sync', () => {
  let fixture: HandlerFixture;
  let sync: RosterSync;
  let sent: NodeId[];
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
    sent = [];
    const { node, context } = fixture;
    const bus = { send: (to: NodeId) => sent.push(to) > 0 };
    sync = new RosterSync(node.presence, bus as never, context.rooms, context.stats, context.admissions);
  });
  afterEach(() => fixture.stop());
  const room = () => {
    const found = fixture.context.rooms.get(ROOM);
    if (found === undefined) throw new Error('nobody is in the room');
    return found;
  };
  const change = (event: MemberEvent, nodes: NodeId[] = []) => ({
    ...{ room: ROOM, epoch: room().epoch, version: room().version + 1, events: [event], nodes },
  });

  it('tells every other node of a change, and applies it here', async () => {
    const ada = await fixture.enter('ada');
    const nodes = [fixture.context.rooms.node, 'n2' as NodeId, 'n3' as NodeId];
    sync.publish(change({ event: 'updated', peer: ada.peer, meta: { hand: true } }, nodes));
    expect([sent, room().find(ada.peer)?.meta]).toEqual([['n2', 'n3'], { hand: true }]);
    sync.publish(undefined);
    expect(sent).toHaveLength(2);
  });

  it('ends a local peer that another node ended', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    sync.apply(change({ event: 'left', peer: ada.peer, reason: 'expired' }));
    expect(lastFrame(ada.client)).toEqual({ type: 'removed', room: ROOM, peer: ada.peer, reason: 'expired' });
    expect([ada.client.session.rooms.size, bob.client.session.rooms.size]).toEqual([0, 1]);
  });

  it('passes over a change of a room that nobody here is in', () => {
    sync.apply({ room: ROOM, epoch: 'e', version: 1, events: [], nodes: [] });
    expect(fixture.context.rooms.get(ROOM)).toBeUndefined();
  });

  it('replaces the roster by what the store has when asked to', async () => {
    const ada = await fixture.enter('ada');
    const { presence } = fixture.node;
    await presence.update(ROOM, ada.peer, ada.client.session.connection, { hand: true });
    expect(room().find(ada.peer)?.meta).toEqual({});
    await sync.refresh(ROOM);
    expect(room().find(ada.peer)?.meta).toEqual({ hand: true });
  });

  it('keeps the roster while the store is unavailable', async () => {
    const ada = await fixture.enter('ada');
    fixture.store.down = true;
    await sync.refresh(ROOM);
    expect(room().find(ada.peer)).toBeDefined();
  });

  it('attaches a local peer again that the store lost', async () => {
    const ada = await fixture.enter('ada');
    fixture.store.rooms.clear();
    await sync.reattach(room(), ada.peer);
    const { members } = await fixture.node.presence.snapshot(ROOM);
    expect(members).toMatchObject([{ peer: ada.peer, connection: ada.client.session.connection }]);
  });

  it('publishes a role that the store did not take when it changed', async () => {
    const ada = await fixture.enter('ada');
    const binding = fixture.context.rooms.binding(ada.peer);
    if (binding === undefined) throw new Error('ada is not here');
    binding.participant = { ...binding.participant, role: 'moderator', chat: false };
    await sync.publishOwn(ada.client.session);
    const { members } = await fixture.node.presence.snapshot(ROOM);
    expect(members).toMatchObject([{ role: 'moderator', chat: false }]);
    const { version } = room();
    await sync.publishOwn(ada.client.session);
    expect([room().find(ada.peer)?.role, room().version]).toEqual(['moderator', version]);
  });

  it('attaches no peer that is not here', async () => {
    await fixture.enter('ada');
    await sync.reattach(room(), 'nobody' as PeerId);
    expect((await fixture.node.presence.snapshot(ROOM)).members).toHaveLength(1);
  });

  it('closes a socket whose peer a newer attempt holds', async () => {
    const ada = await fixture.enter('ada');
    const { participant } = fixture.context.rooms.binding(ada.peer) ?? {};
    await fixture.node.presence.attach({
      ...{ room: ROOM, participant: participant as never, node: 'n2' as NodeId, connection: 'c2' as ConnectionId },
      ...{ attempt: 9, capacity: 9, replaceMeta: false },
    });
    await sync.reattach(room(), ada.peer);
    expect(ada.client.socket.closed?.code).toBe(4509);
  });
});
