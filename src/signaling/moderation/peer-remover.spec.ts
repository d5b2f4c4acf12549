import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { UserId } from '@parley/protocol';
import { HandlerFixture, lastFrame, ROOM } from '../../../test/support/handler-fixture.js';
import { RosterSync } from '../rooms/roster-sync.js';
import { PeerRemover } from './peer-remover.js';

const ADA = 'ada' as UserId;

describe('the peer remover', () => {
  let fixture: HandlerFixture;
  let remover: PeerRemover;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
    const { node, context } = fixture;
    const sync = new RosterSync(node.presence, node.bus, context.rooms, context.stats, context.admissions);
    remover = new PeerRemover(node.presence, { ...context, sync }, context.admissions);
  });
  afterEach(async () => {
    jest.useRealTimers();
    remover.close();
    await fixture.stop();
  });
  const members = async () => (await fixture.node.presence.snapshot(ROOM)).members.map(({ peer }) => peer);

  it('ends the peers of a user in the room and tells the client, and leaves others alone', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    await remover.removeUser(ROOM, ADA, []);
    expect(ada.client.received('removed')).toMatchObject([{ header: { room: ROOM, reason: 'removed' } }]);
    expect([ada.client.session.rooms.size, bob.client.session.rooms.size]).toEqual([0, 1]);
    expect(fixture.context.admissions.isEnded(ada.peer)).toBe(true);
    expect(await members()).toEqual([bob.peer]);
  });

  it('ends a peer that is away, by the user or by its id', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    ada.client.session.closed();
    bob.client.session.closed();
    await remover.removeUser(ROOM, ADA, [bob.peer]);
    expect(await members()).toEqual([]);
  });

  it('ends the peers of a user that are away in the rooms of this node, and none with a socket', async () => {
    const [away, here] = [await fixture.enter('ada'), await fixture.enter('ada')];
    away.client.session.closed();
    await fixture.node.presence.snapshot(ROOM);
    await remover.removeAwayPeers(ADA);
    expect(await members()).toEqual([here.peer]);
    expect(lastFrame(here.client)?.type).not.toBe('removed');
  });

  it('tells the client at once while the store is unavailable, and ends the peer when it is back', async () => {
    const ada = await fixture.enter('ada');
    jest.useFakeTimers();
    fixture.store.down = true;
    await remover.removeUser(ROOM, ADA, []);
    expect([lastFrame(ada.client).type, ada.client.session.rooms.size]).toEqual(['removed', 0]);
    fixture.store.down = false;
    expect(await members()).toEqual([ada.peer]);
    await jest.advanceTimersByTimeAsync(250);
    expect(await members()).toEqual([]);
  });
});
