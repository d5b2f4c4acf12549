import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, ROOM } from '../../../../test/support/handler-fixture.js';
import { handleBroadcast } from './broadcast.js';

describe('broadcast', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  const move = { type: 'broadcast', room: ROOM, kind: 'move' } as const;

  it('reaches everyone else in the room, and nobody in another', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    const carol = await fixture.enter('carol', 'other');
    await fixture.run(handleBroadcast, ada.client, move, 'x');
    expect(bob.client.received('broadcast')).toEqual([{ header: { ...move, from: ada.peer }, body: 'x' }]);
    expect([...ada.client.received('broadcast'), ...carol.client.received('broadcast')]).toEqual([]);
    expect(fixture.context.stats.broadcasts).toBe(1);
  });

  it('is refused outside the room', async () => {
    const ada = await fixture.welcome('ada');
    await expect(fixture.run(handleBroadcast, ada, move)).rejects.toMatchObject({ code: 'not_in_room' });
  });

  it('is refused beyond the rate of the session, with the time to wait', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    fixture.exhaust(ada.client.session.broadcasts);
    await expect(fixture.run(handleBroadcast, ada.client, move)).rejects.toMatchObject({
      ...{ code: 'rate_limited', details: { retryAfterMs: expect.any(Number) } },
    });
    expect(bob.client.received('broadcast')).toEqual([]);
  });
});
