import { describe, expect, it } from '@jest/globals';
import { RefreshTokensStore } from '../../../src/auth/refresh-tokens.store.js';
import { fields, PASSWORD, problem, type World } from './world.js';

/** The `sub` in the suite's ADMIN_USERS. */
export const ADMINISTRATOR = 'the-administrator';

export const auditSuite = (world: World): void => {
  const admin = () => world.as(world.external(ADMINISTRATOR));
  const about = async (query: Record<string, string>): Promise<any[]> =>
    (
      await admin()
        .get(`/v1/audit?${new URLSearchParams(query)}`)
        .expect(200)
    ).body.items;
  const actions = async (query: Record<string, string>): Promise<string[]> =>
    (await about(query)).map(({ action }) => action);

  describe('the audit log', () => {
    it('records every action of an account on itself, with address and time', async () => {
      const since = new Date(Date.now() - 1_000).toISOString();
      const ada = await world.account();
      const login = (password: string) => world.http.post('/v1/auth/login').send({ username: ada.username, password });
      await login('not this one').expect(401);
      const { body } = await login(PASSWORD).expect(200);
      const { refreshToken } = body;
      const next = await world.http.post('/v1/auth/refresh').send({ refreshToken }).expect(200);
      await world.http.post('/v1/auth/refresh').send({ refreshToken }).expect(200);
      await world.http.post('/v1/auth/refresh').send({ refreshToken }).expect(401);
      await world.http.post('/v1/auth/logout').send({ refreshToken: ada.refreshToken }).expect(204);
      await world.as(next.body).patch('/v1/users/me', { password: 'x y z 1 2 3 4', currentPassword: 'wrong' });
      await world.as(next.body).post('/v1/auth/logout-all', {}).expect(204);
      const again = (await login(PASSWORD).expect(200)).body;
      const change = { password: 'seven green kettles', currentPassword: PASSWORD };
      await world.as(again).patch('/v1/users/me', change).expect(200);
      const last = (await login(change.password).expect(200)).body;
      await world.as(last).delete('/v1/users/me', { password: change.password }).expect(204);
      expect(await actions({ actor: ada.id, from: since })).toEqual([
        'account.delete',
        'auth.login',
        'account.password',
        'auth.login',
        'auth.logout_all',
        'account.password_refused',
        'auth.logout',
        'auth.login',
        'auth.register',
      ]);
      expect(await about({ target: ada.id })).toMatchObject([{ action: 'auth.refresh_reused', actor: null }]);
      const [failed] = await about({ target: ada.username.toLowerCase(), action: 'auth.login_failed' });
      expect(failed).toMatchObject({ actor: null, room: null, ip: '127.0.0.1', details: {} });
      expect(Date.parse(failed.at)).toBeGreaterThanOrEqual(Date.parse(since));
    });

    it('never contains a password or a token', async () => {
      const ada = await world.account();
      await world.http.post('/v1/auth/login').send({ username: ada.username, password: 'guess-me-not' }).expect(401);
      const text = JSON.stringify([...(await about({ actor: ada.id })), ...(await about({ limit: '100' }))]);
      for (const secret of [PASSWORD, 'guess-me-not', ada.refreshToken, ada.accessToken, 'eyJ']) {
        expect(text).not.toContain(secret);
      }
    });

    it('records guests, and log-ins with unknown names', async () => {
      const room = await world.room(await world.account());
      const guest = await world.guest(room);
      expect(await about({ actor: guest.id })).toMatchObject([{ action: 'auth.guest', details: { room } }]);
      const nobody = world.uniqueName('nobody');
      await world.http.post('/v1/auth/login').send({ username: nobody, password: PASSWORD }).expect(401);
      expect(await actions({ target: nobody.toLowerCase() })).toEqual(['auth.login_failed']);
    });

    it('counts repetitions in one entry, for example when a lock is toggled', async () => {
      const owner = await world.account();
      const [as, room] = [world.as(owner), await world.room(owner)];
      for (let n = 0; n < 6; n += 1) await as.post(`/v1/rooms/${room}/lock`, { locked: n % 2 === 0 }).expect(204);
      const user = await world.account();
      for (const reason of ['One', 'Two', 'One']) {
        await as.post(`/v1/rooms/${room}/kick`, { user: user.id, reason }).expect(204);
      }
      const { items } = (await as.get(`/v1/rooms/${room}/audit`).expect(200)).body;
      expect(items.map(({ action, details, count }: any) => [action, details.reason, count])).toEqual([
        ['member.kick', 'Two', 1],
        ['member.kick', 'One', 2],
        ['room.unlock', undefined, 3],
        ['room.lock', undefined, 3],
      ]);
      for (const { at, lastAt, count } of items) {
        if (count === 1) expect(lastAt).toBe(at);
        else expect(Date.parse(lastAt)).toBeGreaterThanOrEqual(Date.parse(at));
      }
      const name = world.uniqueName('nobody');
      const login = () => world.http.post('/v1/auth/login').send({ username: name, password: PASSWORD }).expect(401);
      for (let n = 0; n < 3; n += 1) await login();
      expect(await about({ target: name.toLowerCase() })).toMatchObject([{ action: 'auth.login_failed', count: 3 }]);
    });

    it('of a room is paginated for its owner, newest first', async () => {
      const owner = await world.account();
      const [as, room] = [world.as(owner), await world.room(owner)];
      const user = await world.account();
      await as.post(`/v1/rooms/${room}/lock`, { locked: true }).expect(204);
      await as.post(`/v1/rooms/${room}/kick`, { user: user.id, reason: 'Shouting' }).expect(204);
      await as.post(`/v1/rooms/${room}/bans`, { user: user.id }).expect(204);
      const path = `/v1/rooms/${room}/audit`;
      const first = (await as.get(`${path}?limit=2`).expect(200)).body;
      expect(first.items).toMatchObject([
        { actor: owner.id, action: 'member.ban', room, target: user.id, ip: '127.0.0.1' },
        { action: 'member.kick', details: { reason: 'Shouting' } },
      ]);
      const second = (await as.get(`${path}?limit=2&cursor=${first.nextCursor}`).expect(200)).body;
      expect([second.items.map((line: any) => line.action), second.nextCursor]).toEqual([['room.lock'], null]);
      const moderator = world.as(world.external('moderator', { [room]: 'moderator' }));
      expect(problem(await moderator.get(path)).code).toBe('forbidden');
      expect(problem(await admin().get(path)).code).toBe('forbidden');
      // A cursor is valid for one user and one list.
      const other = await world.room(owner);
      const unexpected = await as.get(`/v1/rooms/${other}/audit?cursor=${first.nextCursor}`);
      expect([problem(unexpected).code, fields(unexpected)]).toEqual(['bad_request', ['cursor']]);
    });

    it('of the server is for administrators only, not for a guest with the same id', async () => {
      const { accessToken } = await world.account();
      const guest = world
        .issuer()
        .issue({ id: ADMINISTRATOR, name: 'A', kind: 'guest', grants: { r: 'guest' }, notBefore: 0 }, 60);
      for (const token of [accessToken, guest, world.external('moderator', { '*': 'owner' }).accessToken]) {
        expect(problem(await world.as({ accessToken: token }).get('/v1/audit')).code).toBe('forbidden');
      }
    });

    it('finds entries of a deleted room, and of a period', async () => {
      const owner = await world.account();
      const room = await world.room(owner);
      await world.as(owner).delete(`/v1/rooms/${room}`).expect(204);
      const [line] = await about({ room });
      expect(line).toMatchObject({ action: 'room.delete', actor: owner.id });
      const after = new Date(Date.parse(line.at) + 1).toISOString();
      expect(await actions({ room, from: line.at, to: after })).toEqual(['room.delete']);
      expect(await actions({ room, to: line.at })).toEqual([]);
      expect(await actions({ room, from: after })).toEqual([]);
    });

    it.each([
      'limit=0',
      'limit=101',
      'cursor=rubbish',
      'action=DROP',
      'room=a%7D%7Bb',
      'from=yesterday',
      'to=2026-01-01',
      'actor=',
      'ip=1',
    ])('refuses %s', async (query) => {
      expect(problem(await admin().get(`/v1/audit?${query}`))).toEqual({ status: 400, code: 'bad_request' });
    });
  });

  describe('logging out everywhere', () => {
    it('revokes every token of the account on every node; later ones are valid', async () => {
      const ada = await world.account();
      const credentials = { username: ada.username, password: PASSWORD };
      const phone = (await world.http.post('/v1/auth/login').send(credentials).expect(200)).body;
      await world.as(phone).post('/v1/auth/logout-all', {}).expect(204);
      expect(world.rest.events).toContainEqual({ fact: 'user_revoked', user: ada.id, before: expect.any(Number) });
      for (const device of [ada, phone]) {
        expect(problem(await world.as(device).get('/v1/users/me')).code).toBe('token_invalid');
        const { refreshToken } = device;
        expect(problem(await world.http.post('/v1/auth/refresh').send({ refreshToken })).code).toBe('refresh_invalid');
      }
      const fresh = (await world.http.post('/v1/auth/login').send(credentials).expect(200)).body;
      await world.as(fresh).get('/v1/users/me').expect(200);
      const next = await world.http.post('/v1/auth/refresh').send({ refreshToken: fresh.refreshToken }).expect(200);
      await world.as(next.body).get('/v1/users/me').expect(200);
    });

    it('revokes tokens that are refreshed at the same moment', async () => {
      const store = world.rest.app.get(RefreshTokensStore, { strict: false });
      const rotate = store.rotate.bind(store);
      try {
        const ada = await world.account();
        // Another request logs out between the two halves of a refresh.
        store.rotate = async (...args) => {
          const rotated = await rotate(...args);
          await world.as(ada).post('/v1/auth/logout-all', {}).expect(204);
          return rotated;
        };
        const { refreshToken } = ada;
        const late = (await world.http.post('/v1/auth/refresh').send({ refreshToken }).expect(200)).body;
        store.rotate = rotate;
        expect(problem(await world.as(late).get('/v1/users/me')).code).toBe('token_invalid');
        const again = world.http.post('/v1/auth/refresh').send({ refreshToken: late.refreshToken });
        expect(problem(await again).code).toBe('refresh_invalid');
      } finally {
        store.rotate = rotate;
      }
    });

    it('revokes tokens that a node with a fast clock issued just before', async () => {
      const ada = await world.account();
      const ahead = world
        .issuer()
        .issue({ id: ada.id, name: 'Ada', kind: 'account', grants: {}, notBefore: Date.now() + 1_000 }, 60);
      await world.as({ accessToken: ahead }).get('/v1/users/me').expect(200);
      await world.as(ada).post('/v1/auth/logout-all', {}).expect(204);
      expect(problem(await world.as({ accessToken: ahead }).get('/v1/users/me')).code).toBe('token_invalid');
    });

    it('is for accounts only, not for guests or users of an external issuer', async () => {
      const guest = await world.guest(await world.room(await world.account()));
      expect(problem(await world.as(guest).post('/v1/auth/logout-all', {})).code).toBe('forbidden');
      const outside = world.as(world.external('outside-2'));
      expect(problem(await outside.post('/v1/auth/logout-all', {})).code).toBe('accounts_disabled');
    });
  });
};
