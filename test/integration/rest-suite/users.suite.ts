import { describe, expect, it } from '@jest/globals';
import { fields, PASSWORD, problem, type World } from './world.js';

export const usersSuite = (world: World): void => {
  const NEW_PASSWORD = 'seven green kettles';

  describe('the current user', () => {
    it('can change the name', async () => {
      const ada = world.as(await world.account());
      expect((await ada.patch('/v1/users/me', { displayName: 'Countess' }).expect(200)).body.displayName).toBe(
        'Countess',
      );
      expect((await ada.get('/v1/users/me')).body.displayName).toBe('Countess');
    });

    it('can change the password with the current one, which revokes every older token', async () => {
      const ada = await world.account();
      await world.as(ada).patch('/v1/users/me', { password: NEW_PASSWORD, currentPassword: PASSWORD }).expect(200);
      expect(world.rest.events).toContainEqual({ fact: 'user_revoked', user: ada.id, before: expect.any(Number) });
      expect(problem(await world.as(ada).get('/v1/users/me'))).toEqual({ status: 401, code: 'token_invalid' });
      const old = { refreshToken: ada.refreshToken };
      expect(problem(await world.http.post('/v1/auth/refresh').send(old)).code).toBe('refresh_invalid');
      const login = (password: string) => world.http.post('/v1/auth/login').send({ username: ada.username, password });
      expect(problem(await login(PASSWORD)).code).toBe('invalid_credentials');
      // In the same second as the change: tokens have a precision of milliseconds.
      await world
        .as((await login(NEW_PASSWORD).expect(200)).body)
        .get('/v1/users/me')
        .expect(200);
    });

    it('cannot change the password without the current one, or with a wrong one', async () => {
      const ada = world.as(await world.account());
      const without = await ada.patch('/v1/users/me', { password: NEW_PASSWORD });
      expect([problem(without).code, fields(without)]).toEqual(['bad_request', ['currentPassword']]);
      const wrong = await ada.patch('/v1/users/me', { password: NEW_PASSWORD, currentPassword: 'not this one' });
      expect(problem(wrong)).toEqual({ status: 401, code: 'invalid_credentials' });
      await ada.get('/v1/users/me').expect(200);
    });

    it('cannot set other fields', async () => {
      const ada = world.as(await world.account());
      const body = { id: 'u_other', username: 'root', createdAt: '2020', kind: 'admin', displayName: null };
      const answer = await ada.patch('/v1/users/me', body);
      expect(fields(answer)).toEqual(['createdAt', 'displayName', 'id', 'kind', 'username']);
    });

    it('can delete the account with the password, which deletes tokens, rooms and name', async () => {
      const ada = await world.account();
      const room = await world.room(ada);
      expect(problem(await world.as(ada).delete('/v1/users/me', { password: 'wrong one' })).code).toBe(
        'invalid_credentials',
      );
      await world.as(ada).delete('/v1/users/me', { password: PASSWORD }).expect(204);
      expect(problem(await world.as(ada).get('/v1/users/me')).code).toBe('token_invalid');
      expect(world.rest.events).toContainEqual({ fact: 'user_revoked', user: ada.id, before: expect.any(Number) });
      expect(world.rest.events).toContainEqual({ fact: 'room_closed', room });
      const refreshed = await world.http.post('/v1/auth/refresh').send({ refreshToken: ada.refreshToken });
      expect(problem(refreshed).code).toBe('refresh_invalid');
      const outsider = world.as(await world.account());
      expect(problem(await outsider.get(`/v1/rooms/${room}`)).code).toBe('room_not_found');
      expect(problem(await outsider.get(`/v1/users/${ada.id}`)).code).toBe('not_found');
      const again = { username: ada.username, password: PASSWORD, displayName: 'Ada' };
      await world.http.post('/v1/auth/register').send(again).expect(201);
    });

    it('of an external issuer cannot be changed', async () => {
      const outside = world.as(world.external('outside-1'));
      expect((await outside.get('/v1/users/me').expect(200)).body).toEqual({
        id: 'outside-1',
        displayName: 'Outside',
        kind: 'external',
      });
      expect(problem(await outside.patch('/v1/users/me', { displayName: 'X' })).code).toBe('accounts_disabled');
      expect(problem(await outside.delete('/v1/users/me', { password: PASSWORD })).code).toBe('accounts_disabled');
    });
  });

  it('sees only the names of others', async () => {
    const [ada, grace] = [await world.account(), await world.account()];
    const answer = await world.as(grace).get(`/v1/users/${ada.id}`).expect(200);
    expect(answer.body).toEqual({ id: ada.id, displayName: 'Ada' });
    expect(problem(await world.as(grace).get('/v1/users/u_nobody')).code).toBe('not_found');
    expect(problem(await world.as(grace).get('/v1/users/%00')).code).toBe('not_found');
  });
};
