import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { DATABASE, type Database } from '../../../src/database/database.tokens.js';
import { refreshTokens } from '../../../src/database/schema.js';
import { fields, PASSWORD, problem, type World } from './world.js';

export const authSuite = (world: World): void => {
  const refresh = (refreshToken: string) => world.http.post('/v1/auth/refresh').send({ refreshToken });
  const login = (username: string, password = PASSWORD) =>
    world.http.post('/v1/auth/login').send({ username, password });

  describe('accounts', () => {
    it('are created with a valid token', async () => {
      const username = world.uniqueName();
      const made = await world.http
        .post('/v1/auth/register')
        .send({ username, password: PASSWORD, displayName: ' Zoe\u0301 ' });
      expect(made.status).toBe(201);
      expect(made.body).toEqual({
        accessToken: expect.any(String),
        refreshToken: expect.any(String),
        expiresIn: 900,
        user: { id: expect.stringMatching(/^u_\w{20}$/), displayName: 'Zo\u00e9', username, kind: 'account' },
      });
      const me = await world.as(made.body).get('/v1/users/me').expect(200);
      expect(me.body).toEqual({ ...made.body.user, createdAt: expect.stringMatching(/Z$/) });
    });

    it('refuse a username that differs from another in case alone', async () => {
      const { username } = await world.account();
      const body = { username: username.toUpperCase(), password: PASSWORD, displayName: 'Ada' };
      expect(problem(await world.http.post('/v1/auth/register').send(body))).toEqual({
        status: 409,
        code: 'username_taken',
      });
    });

    it('are created once for ten simultaneous requests with the same name', async () => {
      const body = { username: world.uniqueName(), password: PASSWORD, displayName: 'Ada' };
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => world.http.post('/v1/auth/register').send(body)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
    });

    it.each([
      ['a username that is too short', { username: 'ab' }, ['username']],
      ['a username with a space', { username: 'ada l' }, ['username']],
      ['a username that only looks Latin', { username: 'аdа' }, ['username']],
      ['a password of seven characters', { password: 'x7!kQ2z' }, ['password']],
      ['a password of 129 characters', { password: 'x'.repeat(129) }, ['password']],
      ['a password that everybody guesses', { password: 'Password123' }, ['password']],
      ['a display name that turns text around', { displayName: 'Ada\u202egnp.exe' }, ['displayName']],
      ['a display name with a control character', { displayName: 'A\u0000da' }, ['displayName']],
      ['a display name of spaces', { displayName: '   ' }, ['displayName']],
      ['a display name of 65 characters', { displayName: 'x'.repeat(65) }, ['displayName']],
      ['a number for a name', { username: 12_345 }, ['username']],
      ['fields that are not its own', { role: 'admin', passwordHash: 'x' }, ['passwordHash', 'role']],
    ])('refuse %s', async (_, part, wrong) => {
      const body = { username: world.uniqueName(), password: PASSWORD, displayName: 'Ada', ...part };
      const answer = await world.http.post('/v1/auth/register').send(body);
      expect(problem(answer)).toEqual({ status: 400, code: 'bad_request' });
      expect(fields(answer)).toEqual(wrong);
      for (const value of Object.values(part)) expect(JSON.stringify(answer.body)).not.toContain(JSON.stringify(value));
    });
  });

  describe('log-in', () => {
    it('ignores the case of the name', async () => {
      const { username, id } = await world.account();
      const answer = await login(username.toUpperCase()).expect(200);
      expect(answer.body.user.id).toBe(id);
    });

    it('answers a wrong password and an unknown name alike', async () => {
      const { username } = await world.account();
      const [wrong, unknown] = [await login(username, 'another password'), await login(world.uniqueName(), PASSWORD)];
      expect(problem(wrong)).toEqual({ status: 401, code: 'invalid_credentials' });
      const { requestId: _a, ...first } = wrong.body;
      const { requestId: _b, ...second } = unknown.body;
      expect(second).toEqual(first);
    });

    it('is delayed after ten failures from one address, with `Retry-After`', async () => {
      const { username } = await world.account();
      for (let n = 0; n < 10; n += 1) await login(username, 'a wrong password').expect(401);
      const answer = await login(username);
      expect(problem(answer)).toEqual({ status: 429, code: 'rate_limited' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    });
  });

  describe('refresh tokens', () => {
    it('work once, and each brings the next', async () => {
      const ada = await world.account();
      const first = await refresh(ada.refreshToken).expect(200);
      const second = await refresh(first.body.refreshToken).expect(200);
      expect(second.body.user).toEqual(first.body.user);
      await world.as(second.body).get('/v1/users/me').expect(200);
    });

    const INVALID = { status: 401, code: 'refresh_invalid' };
    /** Moves the last use of a token into the past. */
    const age = (refreshToken: string, seconds: number) => {
      const hash = createHash('sha256').update(refreshToken).digest('base64url');
      const past = (column: PgColumn) => sql`${column} - make_interval(secs => ${seconds})`;
      return world.rest.app
        .get<Database>(DATABASE, { strict: false })
        .update(refreshTokens)
        .set({ usedAt: past(refreshTokens.usedAt), repeatableUntil: past(refreshTokens.repeatableUntil) })
        .where(eq(refreshTokens.hash, hash));
    };

    it('work once more within 30 s when the response was lost', async () => {
      const ada = await world.account();
      await refresh(ada.refreshToken).expect(200);
      await age(ada.refreshToken, 25);
      const again = await refresh(ada.refreshToken).expect(200);
      expect(again.body.user.id).toBe(ada.id);
      await world.as(again.body).get('/v1/users/me').expect(200);
      await refresh(again.body.refreshToken).expect(200);
    });

    it('are revoked with their family when one is reused later', async () => {
      const ada = await world.account();
      const next = await refresh(ada.refreshToken).expect(200);
      await age(ada.refreshToken, 31);
      expect(problem(await refresh(ada.refreshToken))).toEqual(INVALID);
      expect(problem(await refresh(next.body.refreshToken))).toEqual(INVALID);
    });

    it('are revoked with their family when one is used three times', async () => {
      const ada = await world.account();
      const next = [await refresh(ada.refreshToken).expect(200), await refresh(ada.refreshToken).expect(200)];
      expect(problem(await refresh(ada.refreshToken))).toEqual(INVALID);
      for (const { body } of next) expect(problem(await refresh(body.refreshToken))).toEqual(INVALID);
    });

    it('are revoked with their family when one is reused after its successor', async () => {
      const ada = await world.account();
      const next = await refresh(ada.refreshToken).expect(200);
      const last = await refresh(next.body.refreshToken).expect(200);
      expect(problem(await refresh(ada.refreshToken))).toEqual(INVALID);
      expect(problem(await refresh(last.body.refreshToken))).toEqual(INVALID);
    });

    it('allow one of two successors, and are revoked with their family when the other is used too', async () => {
      const ada = await world.account();
      const [one, other] = [await refresh(ada.refreshToken).expect(200), await refresh(ada.refreshToken).expect(200)];
      const next = await refresh(one.body.refreshToken).expect(200);
      expect(problem(await refresh(other.body.refreshToken))).toEqual(INVALID);
      expect(problem(await refresh(next.body.refreshToken))).toEqual(INVALID);
    });

    it('allow two simultaneous uses, and then either successor', async () => {
      const ada = await world.account();
      const answers = await Promise.all([refresh(ada.refreshToken), refresh(ada.refreshToken)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      await refresh(answers[0]?.body.refreshToken).expect(200);
    });

    it('allow two of ten simultaneous uses, and are then revoked with their family', async () => {
      const ada = await world.account();
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(ada.refreshToken)));
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(2);
      for (const { body } of won) expect(problem(await refresh(body.refreshToken))).toEqual(INVALID);
    });

    it('of another log-in stay valid when a family is revoked', async () => {
      const ada = await world.account();
      const other = await login(ada.username).expect(200);
      await world.http.post('/v1/auth/logout').send({ refreshToken: ada.refreshToken }).expect(204);
      expect(problem(await refresh(ada.refreshToken)).code).toBe('refresh_invalid');
      await refresh(other.body.refreshToken).expect(200);
    });

    it('that were never issued are refused, and their log-out succeeds without effect', async () => {
      expect(problem(await refresh('x'.repeat(43))).code).toBe('refresh_invalid');
      await world.http
        .post('/v1/auth/logout')
        .send({ refreshToken: 'x'.repeat(43) })
        .expect(204);
    });
  });

  describe('guests', () => {
    it('get a token for one room only', async () => {
      const owner = await world.account();
      const [room, other] = [await world.room(owner), await world.room(owner)];
      const guest = await world.guest(room);
      await world.as(guest).get(`/v1/rooms/${room}`).expect(200);
      expect(problem(await world.as(guest).get(`/v1/rooms/${other}`)).code).toBe('room_not_found');
      const me = await world.as(guest).get('/v1/users/me').expect(200);
      expect(me.body).toEqual({ id: guest.id, displayName: 'Grace', kind: 'guest' });
      const list = await world.as(guest).get('/v1/rooms').expect(200);
      expect(list.body.items.map(({ id }: { id: string }) => id)).toEqual([room]);
    });

    it('may not create, change or delete rooms, nor look up users', async () => {
      const owner = await world.account();
      const room = await world.room(owner);
      const guest = world.as(await world.guest(room));
      const answers = [
        await guest.post('/v1/rooms', { name: 'Mine' }),
        await guest.patch(`/v1/rooms/${room}`, { name: 'Mine' }, '"v1"'),
        await guest.delete(`/v1/rooms/${room}`),
        await guest.patch('/v1/users/me', { displayName: 'Root' }),
        await guest.delete('/v1/users/me', { password: PASSWORD }),
        await guest.get(`/v1/users/${owner.id}`),
      ];
      expect(answers.map((answer) => problem(answer).code)).toEqual(Array(6).fill('forbidden'));
    });

    it('stay the same guest through a refresh', async () => {
      const guest = await world.guest(await world.room(await world.account()));
      const next = await refresh(guest.refreshToken).expect(200);
      expect(next.body.user).toEqual({ id: guest.id, displayName: 'Grace', kind: 'guest' });
    });

    it('are refused by a room that does not allow them, also on refresh', async () => {
      const owner = await world.account();
      const open = await world.room(owner);
      const guest = await world.guest(open);
      await world.as(owner).patch(`/v1/rooms/${open}`, { guestsAllowed: false }, '"v1"').expect(200);
      expect(problem(await world.as(guest).get(`/v1/rooms/${open}`))).toEqual({
        status: 404,
        code: 'room_not_found',
      });
      expect(problem(await refresh(guest.refreshToken)).code).toBe('room_not_found');
      const again = await world.http.post('/v1/auth/guest').send({ displayName: 'Grace', room: open });
      expect(problem(again).code).toBe('room_not_found');
    });

    it('are refused by a room that does not exist', async () => {
      const answer = await world.http.post('/v1/auth/guest').send({ displayName: 'Grace', room: 'nowhere' });
      expect(problem(answer)).toEqual({ status: 404, code: 'room_not_found' });
    });
  });
};
