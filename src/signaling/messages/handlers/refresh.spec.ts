import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerFixture, lastFrame, ROOM } from '../../../../test/support/handler-fixture.js';
import { handleRefresh } from './refresh.js';

describe('refresh', () => {
  let fixture: HandlerFixture;
  beforeEach(async () => {
    fixture = await HandlerFixture.start();
  });
  afterEach(() => fixture.stop());

  it('replaces the token, and the name of the user for everyone in the room', async () => {
    const [ada, bob] = [await fixture.enter('ada'), await fixture.enter('bob')];
    ada.client.session.tokenWarned = true;
    await fixture.run(handleRefresh, ada.client, { type: 'refresh', id: 't1', token: 'ada:Countess' });
    expect(lastFrame(ada.client)).toEqual({ type: 'refreshed', re: 't1', expiresAt: 1e15 });
    expect([ada.client.session.principal.name, ada.client.session.tokenWarned]).toEqual(['Countess', false]);
    fixture.context.rooms.get(ROOM)?.notify();
    expect(bob.client.rosterEvents()).toContainEqual({ event: 'updated', peer: ada.peer, meta: {}, name: 'Countess' });
  });

  it('with the token of another user closes the socket', async () => {
    const ada = await fixture.welcome('ada');
    await fixture.run(handleRefresh, ada, { type: 'refresh', id: 't1', token: 'bob' });
    expect(lastFrame(ada)).toMatchObject({ type: 'error', re: 't1', code: 'forbidden' });
    expect([ada.session.state, ada.session.principal.user]).toEqual(['closed', 'ada']);
  });

  it('with an invalid token is refused, and the former token stays', async () => {
    const ada = await fixture.welcome('ada');
    const refresh = { type: 'refresh', id: 't1', token: 'bad' } as const;
    await expect(fixture.run(handleRefresh, ada, refresh)).rejects.toMatchObject({ code: 'token_invalid' });
    expect([ada.session.state, ada.session.principal.tokenId]).toEqual(['on', 'ada']);
  });
});
