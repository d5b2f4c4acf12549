import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, lastFrame, ROOM } from '../../../../test/support/handler-fixture.js';
import { handleLock } from './lock.js';

describe('lock', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  it('asks for it in the name of the user, and answers when it is done', async () => {
    const ada = await fixture.enter('ada');
    const asked: unknown[] = [];
    fixture.context.moderation.lock = async (...words: unknown[]) => void asked.push(words);
    await fixture.run(handleLock, ada.client, { type: 'lock', id: 'm1', room: ROOM, locked: true });
    const by = { principal: ada.client.session.principal, ip: null };
    expect([asked, lastFrame(ada.client)]).toEqual([[[by, ROOM, true]], { type: 'done', re: 'm1' }]);
  });

  it('is refused when the policy refuses it', async () => {
    const ada = await fixture.enter('ada');
    const request = { type: 'lock', id: 'm1', room: ROOM, locked: true } as const;
    await expect(fixture.run(handleLock, ada.client, request)).rejects.toMatchObject({ code: 'forbidden' });
    expect(ada.client.received('done')).toEqual([]);
  });

  it('is refused outside the room, without asking', async () => {
    const ada = await fixture.welcome('ada');
    fixture.context.moderation.lock = () => Promise.reject(new Error('asked'));
    const request = { type: 'lock', id: 'm1', room: ROOM, locked: true } as const;
    await expect(fixture.run(handleLock, ada, request)).rejects.toMatchObject({ code: 'not_in_room' });
  });
});
