import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, lastFrame, ROOM } from '../../../../test/support/handler-fixture.js';
import { handleHistory } from './history.js';

describe('history', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  it('is a page of the messages of the room, fifty unless the client asks for less', async () => {
    const ada = await fixture.enter('ada');
    const asked: unknown[] = [];
    fixture.context.chat.page = async (...question) => {
      asked.push(question);
      return { messages: [], more: true };
    };
    await fixture.run(handleHistory, ada.client, { type: 'history', id: 'h1', room: ROOM });
    expect(lastFrame(ada.client)).toEqual({ type: 'history', re: 'h1', room: ROOM, messages: [], more: true });
    await fixture.run(handleHistory, ada.client, { type: 'history', id: 'h2', room: ROOM, after: 7, limit: 3 });
    expect(asked).toEqual([
      [ROOM, undefined, 50],
      [ROOM, 7, 3],
    ]);
  });

  it('is refused outside the room', async () => {
    const ada = await fixture.welcome('ada');
    const history = { type: 'history', id: 'h1', room: ROOM } as const;
    await expect(fixture.run(handleHistory, ada, history)).rejects.toMatchObject({ code: 'not_in_room' });
  });
});
