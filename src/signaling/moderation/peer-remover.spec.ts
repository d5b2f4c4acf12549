import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PeerId, UserId } from '@parley/protocol';
import { HandlerFixture, lastFrame, ROOM } from '../../../test/support/handler-fixture.js';
import { RosterSync } from '../rooms/roster-sync.js';
import { PeerRemover } from './peer-remover.js';
import { RECENT_REMOVAL_MS } from './removal-cache.js';

const ADA = 'ada' as UserId;
const now = (peers: readonly PeerId[] = []) => ({ at: Date.now(), peers });

describe('the peer remover', () => {
  let fixture: HandlerFixture;
  let remover: PeerRemover;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
    const { node, context } = fixture;
    const sync = new RosterSync(node.presence, node.bus, context.rooms, context.stats, context.admissions);
    remover = new PeerRemover(node.presence, { ...context, sync }, context.admissions, Date.now);
  });
  afterEach(async () => {
    jest.useRealTimers();
    remover.close();
    await fixture.stop();
  });
  const members = async () => (await fixture.node.presence.snapshot(ROOM)).members.map(({ peer }) => peer);

  it('ends the peers of a user in the room and tells the client, and leaves others alone', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    await remover.removeUser(ROOM, ADA, now());
    expect(ada.client.received('removed')).toMatchObject([{ header: { room: ROOM, reason: 'removed' } }]);
    expect([ada.client.session.rooms.size, bob.client.session.rooms.size]).toEqual([0, 1]);
    expect(fixture.context.admissions.isEnded(ada.peer)).toBe(true);
    expect(await members()).toEqual([bob.peer]);
  });

  it('ends a peer that is away, by the user or by its id', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    ada.client.session.closed();
    bob.client.session.closed();
    await remover.removeUser(ROOM, ADA, now([bob.peer]));
    expect(await members()).toEqual([]);
  });

  it('leaves a user alone who has returned with a newer token, and ends what was there before', async () => {
    const [before, after] = [await fixture.enter('ada'), await fixture.enter('ada')];
    const at = Date.now() - 1_000;
    for (const [{ client }, issuedAt] of [
      [before, at - 1],
      [after, at],
    ] as const) {
      Object.assign(client.session, { principal: { ...client.session.principal, issuedAt } });
    }
    await remover.removeUser(ROOM, ADA, { at, peers: [] });
    expect([before, after].map(({ client }) => client.received('removed').length)).toEqual([1, 0]);
    expect(await members()).toEqual([after.peer]);
    // One that was there when the user was removed ends whatever token it has by now.
    await remover.removeUser(ROOM, ADA, { at, peers: [after.peer] });
    expect([after.client.received('removed').length, await members()]).toEqual([1, []]);
  });

  it('takes a stored peer for one of before the removal only for a while', async () => {
    const ada = await fixture.enter('ada');
    ada.client.session.closed();
    await remover.removeUser(ROOM, ADA, { at: Date.now() - RECENT_REMOVAL_MS - 1, peers: [] });
    expect(await members()).toEqual([ada.peer]);
    await remover.removeUser(ROOM, ADA, now());
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
    await remover.removeUser(ROOM, ADA, now());
    expect([lastFrame(ada.client).type, ada.client.session.rooms.size]).toEqual(['removed', 0]);
    fixture.store.down = false;
    expect(await members()).toEqual([ada.peer]);
    await jest.advanceTimersByTimeAsync(250);
    expect(await members()).toEqual([]);
  });
});
