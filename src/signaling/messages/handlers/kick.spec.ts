import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, lastFrame, ROOM } from '../../../../test/support/handler-fixture.js';
import { handleKick } from './kick.js';

describe('kick', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  it('asks for it in the name of the user, and answers when it is done', async () => {
    const ada = await fixture.enter('ada');
    const asked: unknown[] = [];
    fixture.context.moderation.kick = async (...words: unknown[]) => void asked.push(words);
    await fixture.run(handleKick, ada.client, {
      type: 'kick',
      id: 'm1',
      room: ROOM,
      peer: 'p1',
      ban: true,
      reason: 'spam',
    });
    const by = { principal: ada.client.session.principal, ip: null };
    expect([asked, lastFrame(ada.client)]).toEqual([
      [[by, ROOM, 'p1', { ban: true, reason: 'spam' }]],
      { type: 'done', re: 'm1' },
    ]);
  });

  it.each([
    ['U+0000', 'a\u0000b'],
    ['half a surrogate pair', 'a\ud800'],
    ['a line break', 'a\nb'],
    ['text that turns others around', 'a\u202eb'],
    ['space alone', '   '],
  ])('is refused with a reason of %s, without asking', async (_, reason) => {
    const ada = await fixture.enter('ada');
    const request = { type: 'kick', id: 'm1', room: ROOM, peer: 'p1', reason } as const;
    fixture.context.moderation.kick = () => Promise.reject(new Error('asked'));
    await expect(fixture.run(handleKick, ada.client, request)).rejects.toMatchObject({ code: 'bad_message' });
  });

  it('is refused when the policy refuses it', async () => {
    const ada = await fixture.enter('ada');
    const request = { type: 'kick', id: 'm1', room: ROOM, peer: 'p1', ban: true, reason: 'spam' } as const;
    await expect(fixture.run(handleKick, ada.client, request)).rejects.toMatchObject({ code: 'forbidden' });
    expect(ada.client.received('done')).toEqual([]);
  });

  it('is refused outside the room, without asking', async () => {
    const ada = await fixture.welcome('ada');
    fixture.context.moderation.kick = () => Promise.reject(new Error('asked'));
    const request = { type: 'kick', id: 'm1', room: ROOM, peer: 'p1', ban: true, reason: 'spam' } as const;
    await expect(fixture.run(handleKick, ada, request)).rejects.toMatchObject({ code: 'not_in_room' });
  });
});
