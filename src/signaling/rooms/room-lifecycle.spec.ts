import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, lastFrame, ROOM } from '../../../test/support/handler-fixture.js';

describe('the room lifecycle', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());
  const members = async () => (await fixture.node.presence.snapshot(ROOM)).members;

  it('shows a peer as away when its socket closed', async () => {
    const ada = await fixture.enter('ada');
    ada.client.session.closed();
    expect(await members()).toMatchObject([{ peer: ada.peer, state: 'away' }]);
  });

  it('ends everyone in a room that ended, and refuses joins to it', async () => {
    const ada = await fixture.enter('ada');
    await fixture.node.bus.publish({ fact: 'room_closed', room: ROOM });
    expect(lastFrame(ada.client)).toEqual({ type: 'removed', room: ROOM, peer: ada.peer, reason: 'room_closed' });
    await expect(fixture.enter('bob')).rejects.toMatchObject({ code: 'room_not_found' });
    expect([await members(), fixture.context.rooms.roomCount]).toEqual([[], 0]);
  });

  it('ends a peer that left while the store was unavailable once it is back', async () => {
    const ada = await fixture.enter('ada');
    const { lifecycle } = fixture.context;
    fixture.store.down = true;
    await expect(lifecycle.leave(ada.client.session, ROOM)).rejects.toMatchObject({ name: 'PresenceUnavailable' });
    fixture.store.down = false;
    await lifecycle.retryPendingLeaves();
    expect(await members()).toEqual([]);
  });

  it('leaves nothing here of a join that the store could not answer', async () => {
    fixture.store.down = true;
    await expect(fixture.enter('ada')).rejects.toMatchObject({ name: 'PresenceUnavailable' });
    const { rooms, lifecycle } = fixture.context;
    expect([rooms.roomCount, rooms.peerCount, lifecycle.unsettled.has(ROOM)]).toEqual([0, 0, true]);
  });

  it('finds the stored peer, and none when it left', async () => {
    const ada = await fixture.enter('ada');
    const { lifecycle } = fixture.context;
    const { user } = ada.client.session.principal;
    expect(await lifecycle.storedPeer(ROOM, ada.peer, user)).toMatchObject({ role: 'member' });
    await lifecycle.leave(ada.client.session, ROOM);
    expect(await lifecycle.storedPeer(ROOM, ada.peer, user)).toBeUndefined();
  });
});
