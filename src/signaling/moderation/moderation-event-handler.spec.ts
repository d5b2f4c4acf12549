import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PeerId, ProtocolError, type UserId } from '@parley/protocol';
import { HandlerFixture, lastFrame, ROOM } from '../../../test/support/handler-fixture.js';

const ADA = 'ada' as UserId;

describe('the moderation event handler', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(async () => {
    expect(fixture.node.faults).toEqual([]);
    await fixture.stop();
  });

  it('ends the peers of a removed user, once for each removal', async () => {
    const ada = await fixture.enter('ada');
    const event = { fact: 'user_removed', room: ROOM, user: ADA, at: 5, peers: [ada.peer] } as const;
    fixture.node.bus.dispatchLocal(event);
    fixture.node.bus.dispatchLocal(event);
    expect([ada.client.received('removed').length, ada.client.session.rooms.size]).toEqual([1, 0]);
  });

  it('asks a peer to mute, in the room that the event names alone', async () => {
    const ada = await fixture.enter('ada');
    const by = 'bob' as UserId;
    fixture.node.bus.dispatchLocal({ fact: 'mute_requested', room: 'r2' as typeof ROOM, peer: ada.peer, by });
    fixture.node.bus.dispatchLocal({ fact: 'mute_requested', room: ROOM, peer: 'nobody' as PeerId, by });
    expect(lastFrame(ada.client).type).toBe('joined');
    fixture.node.bus.dispatchLocal({ fact: 'mute_requested', room: ROOM, peer: ada.peer, by });
    expect(lastFrame(ada.client)).toEqual({ type: 'mute_requested', room: ROOM, by });
  });

  it('gives a changed member the role that the room says', async () => {
    const ada = await fixture.enter('ada');
    fixture.context.access.admit = async () => ({ role: 'moderator', capacity: 100, chat: false });
    await fixture.node.bus.publish({ fact: 'member_changed', room: ROOM, user: ADA });
    await new Promise((resolve) => setImmediate(resolve));
    expect(fixture.context.rooms.participantOf(ada.peer)).toMatchObject({ role: 'moderator', chat: false });
    expect((await fixture.node.presence.snapshot(ROOM)).members).toMatchObject([{ role: 'moderator', chat: false }]);
  });

  it('takes a role away from a user who would have to be admitted without it', async () => {
    fixture.context.access.admit = async () => ({ role: 'moderator', capacity: 100 });
    const ada = await fixture.enter('ada');
    fixture.context.access.admit = () => Promise.reject(new ProtocolError('admission_required'));
    await fixture.node.bus.publish({ fact: 'member_changed', room: ROOM, user: ADA });
    await new Promise((resolve) => setImmediate(resolve));
    expect(fixture.context.rooms.participantOf(ada.peer).role).toBe('member');
    expect((await fixture.node.presence.snapshot(ROOM)).members).toMatchObject([{ role: 'member' }]);
  });
});
