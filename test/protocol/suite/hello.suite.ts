import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../stage.js';

/** The identity of a socket, and the current socket of a session. */
export const helloRules = (on: Stage): void => {
  describe('hello', () => {
    it('is answered with the session, the user, the node, ICE servers, limits and the expiry of the token', async () => {
      const { accessToken, user } = await on.rest.register('Ada');
      const peer = await on.socket();
      const welcome = await peer.hello(accessToken);
      expect(welcome).toMatchObject({
        type: 'welcome',
        session: expect.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
        user: { id: user.id, name: 'Ada' },
        node: expect.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
        iceServers: expect.any(Array),
        features: expect.any(Array),
      });
      expect(welcome['expiresAt']).toBeGreaterThan(Date.now());
      for (const limit of [
        'maxFrameBytes',
        'maxHeaderBytes',
        'maxMetaBytes',
        'maxChatBytes',
        'framesPerSecond',
        'resumeWindowMs',
      ]) {
        expect(welcome['limits'][limit]).toBeGreaterThan(0);
      }
    });
    it('refuses an invalid token, and ends the session', async () => {
      for (const token of ['x', 'a.b.c', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.']) {
        const peer = await on.socket();
        expect(await peer.hello(token)).toMatchObject({ type: 'error', code: 'token_invalid', retryable: false });
        expect(await peer.closed()).toBe(4501);
      }
    });
    it('refuses a token in the URL, for good and before hello', async () => {
      const { token, peer } = await on.welcomed();
      for (const name of ['token', 'access_token']) {
        const stranger = await on.socket();
        await stranger.open(`${peer.url}?${name}=${token}`);
        expect(await stranger.next('error')).toMatchObject({ code: 'token_in_url', retryable: false });
        expect(await stranger.closed()).toBe(4502);
      }
    });
    it('refuses a second hello on the same socket', async () => {
      const { peer, token } = await on.welcomed();
      peer.send({ type: 'hello', id: 'again', token, key: peer.key, attempt: 2 });
      expect(await peer.closed()).toBe(4500);
    });
    it('gives the same session to the same user and key, and another one to another key', async () => {
      const { accessToken } = await on.rest.register();
      const first = await on.socket();
      const one = await first.hello(accessToken);
      first.attempt = 1;
      const second = await on.socket(first.key);
      second.attempt = 1;
      const two = await second.hello(accessToken);
      const other = await (await on.socket()).hello(accessToken);
      expect(two['session']).toBe(one['session']);
      expect(other['session']).not.toBe(one['session']);
    });
    it('gives another session to another user with the same key', async () => {
      const [one, two] = [await on.rest.register(), await on.rest.register()];
      const first = await on.socket();
      const mine = await first.hello(one.accessToken);
      const thief = await on.socket(first.key);
      const theirs = await thief.hello(two.accessToken);
      expect(theirs['session']).not.toBe(mine['session']);
      await first.barrier();
    });
    it('closes the older socket of a session when a newer attempt comes', async () => {
      const { accessToken } = await on.rest.register();
      const old = await on.socket();
      await old.hello(accessToken);
      const fresh = await on.socket(old.key);
      fresh.attempt = 1;
      expect((await fresh.hello(accessToken)).type).toBe('welcome');
      expect(await old.closed()).toBe(4509);
      await fresh.barrier();
    });
    it('refuses an older attempt that arrives late, and keeps the newer socket', async () => {
      const { accessToken } = await on.rest.register();
      const fresh = await on.socket();
      fresh.attempt = 4;
      await fresh.hello(accessToken);
      const late = await on.socket(fresh.key);
      late.attempt = 2;
      expect(await late.hello(accessToken)).toMatchObject({ type: 'error', code: 'superseded' });
      expect(await late.closed()).toBe(4509);
      await fresh.barrier();
    });
    it('accepts a newer token of the same user on the same socket', async () => {
      const { accessToken, refreshToken } = await on.rest.register();
      const peer = await on.socket();
      await peer.hello(accessToken);
      const { accessToken: token } = await on.rest.call('POST', '/v1/auth/refresh', { refreshToken });
      expect(await peer.request({ type: 'refresh', token })).toMatchObject({ type: 'refreshed' });
    });
    it('refuses the token of another user, and ends the session', async () => {
      const { peer } = await on.welcomed();
      const { accessToken } = await on.rest.register();
      expect(await peer.request({ type: 'refresh', token: accessToken })).toMatchObject({ code: 'forbidden' });
      expect(await peer.closed()).toBe(4503);
    });
  });
};
