import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, lastFrame, ROOM } from '../../../../test/support/handler-fixture.js';
import { handleLeave } from './leave.js';

describe('leave', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  const leave = { type: 'leave', id: 'l1', room: ROOM } as const;

  it('ends the peer for everyone in the room', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    await fixture.run(handleLeave, ada.client, leave);
    expect(lastFrame(ada.client)).toEqual({ type: 'left', re: 'l1', room: ROOM });
    expect([ada.client.session.rooms.size, fixture.context.rooms.get(ROOM)?.find(ada.peer)]).toEqual([0, undefined]);
    fixture.context.rooms.get(ROOM)?.notify();
    expect(bob.client.rosterEvents()).toContainEqual({ event: 'left', peer: ada.peer, reason: 'left' });
  });

  it('of a session that never joined a room is done already, without asking the store', async () => {
    const ada = await fixture.welcome('ada');
    fixture.store.down = true;
    await fixture.run(handleLeave, ada, leave);
    expect(lastFrame(ada)).toEqual({ type: 'left', re: 'l1', room: ROOM });
  });

  it('of a session that came back and did not enter again ends its peer', async () => {
    const ada = await fixture.enter('ada');
    const bob = await fixture.enter('bob');
    ada.client.session.closed();
    const again = await fixture.welcome('ada', { key: ada.client.key, attempt: 2 });
    fixture.node.presence.snapshot = () => Promise.reject(new Error('the whole room was read'));
    await fixture.run(handleLeave, again, leave);
    Reflect.deleteProperty(fixture.node.presence, 'snapshot');
    const { members } = await fixture.node.presence.snapshot(ROOM);
    expect(members.map(({ peer }) => peer)).toEqual([bob.peer]);
  });

  it('rejects while the presence store is unavailable, and the client is out of the room here all the same', async () => {
    const ada = await fixture.enter('ada');
    fixture.store.down = true;
    await expect(fixture.run(handleLeave, ada.client, leave)).rejects.toMatchObject({ name: 'PresenceUnavailable' });
    expect([ada.client.session.rooms.size, lastFrame(ada.client).type]).toEqual([0, 'joined']);
  });
});
