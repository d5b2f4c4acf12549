import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, ROOM } from '../../../../test/support/handler-fixture.js';
import { handleChat } from './chat.js';

describe('chat', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  const line = { type: 'chat', id: 'c1', room: ROOM, text: 'hi' } as const;

  it('answers with the message as it is stored, and gives it to everyone else in the room', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    await fixture.run(handleChat, ada.client, line);
    const stored = {
      type: 'chat',
      room: ROOM,
      id: 'c1',
      seq: 1,
      user: 'ada',
      name: 'ada',
      from: ada.peer,
      at: 0,
      text: 'hi',
    };
    expect(ada.client.received('chat').map(({ header }) => header)).toEqual([{ ...stored, re: 'c1' }]);
    expect(bob.client.received('chat').map(({ header }) => header)).toEqual([stored]);
  });

  it('that was stored before is answered, and not given to the others again', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    const { chat } = fixture.context;
    const append = chat.append.bind(chat);
    chat.append = async (message) => ({ ...(await append(message)), fresh: false });
    await fixture.run(handleChat, ada.client, line);
    expect([ada.client.received('chat').length, bob.client.received('chat').length]).toEqual([1, 0]);
  });

  it('is refused outside the room', async () => {
    const ada = await fixture.welcome('ada');
    await expect(fixture.run(handleChat, ada, line)).rejects.toMatchObject({ code: 'not_in_room' });
  });

  it('is refused without the permission to chat', async () => {
    const ada = await fixture.enter('ada');
    fixture.restrict(ada.peer, { chat: false });
    await expect(fixture.run(handleChat, ada.client, line)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is refused when it is longer than the limit, in bytes', async () => {
    const ada = await fixture.enter('ada');
    const text = 'ž'.repeat(fixture.context.limits.maxChatBytes / 2);
    await fixture.run(handleChat, ada.client, { ...line, text });
    const tooLong = { ...line, text: `${text}x` };
    await expect(fixture.run(handleChat, ada.client, tooLong)).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  it('is refused beyond the rate of the session, with the time to wait', async () => {
    const ada = await fixture.enter('ada');
    fixture.exhaust(ada.client.session.chats);
    await expect(fixture.run(handleChat, ada.client, line)).rejects.toMatchObject({
      ...{ code: 'rate_limited', details: { retryAfterMs: expect.any(Number) } },
    });
  });
});
