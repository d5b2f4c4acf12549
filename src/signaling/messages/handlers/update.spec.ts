import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, lastFrame, ROOM } from '../../../../test/support/handler-fixture.js';
import { handleUpdate } from './update.js';

describe('update', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  const update = { type: 'update', id: 'u1', room: ROOM, meta: { hand: true } } as const;

  it('replaces the meta of the own participant for everyone in the room', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    await fixture.run(handleUpdate, ada.client, update);
    expect(lastFrame(ada.client)).toEqual({ type: 'updated', re: 'u1', room: ROOM });
    expect(fixture.context.rooms.get(ROOM)?.find(ada.peer)?.meta).toEqual({ hand: true });
    fixture.context.rooms.get(ROOM)?.notify();
    expect(bob.client.rosterEvents()).toContainEqual({ event: 'updated', peer: ada.peer, meta: { hand: true } });
  });

  it('is refused outside the room', async () => {
    const ada = await fixture.welcome('ada');
    await expect(fixture.run(handleUpdate, ada, update)).rejects.toMatchObject({ code: 'not_in_room' });
  });

  it('is refused when the meta is too large', async () => {
    const ada = await fixture.enter('ada');
    const meta = { text: 'x'.repeat(fixture.context.limits.maxMetaBytes) };
    const tooLarge = { ...update, meta };
    await expect(fixture.run(handleUpdate, ada.client, tooLarge)).rejects.toMatchObject({ code: 'payload_too_large' });
    expect(fixture.context.rooms.get(ROOM)?.find(ada.peer)?.meta).toEqual({});
  });

  it('rejects while the presence store is unavailable', async () => {
    const ada = await fixture.enter('ada');
    fixture.store.down = true;
    await expect(fixture.run(handleUpdate, ada.client, update)).rejects.toMatchObject({ name: 'PresenceUnavailable' });
  });
});
