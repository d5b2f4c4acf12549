import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PeerId, RoomId, UserId } from '@parley/protocol';
import pg from 'pg';
import { TokenVerifier } from '../../src/auth/principal.js';
import { ChatLog } from '../../src/chat/chat-log.js';
import { migrateDatabase } from '../../src/database/migrate.js';
import { RoomAccess } from '../../src/rooms/room-access.js';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';
import { type RestApp, startRestApp } from '../support/rest-app.js';
import { SETTINGS } from './rest-suite/rest.suite.js';
import { PASSWORD, problem, World } from './rest-suite/world.js';

describe('a PostgreSQL by DATABASE_URL', () => {
  let postgres: RunningPostgres;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(async () => {
    await postgres?.stop();
  });

  const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };

  it('is migrated once when ten replicas start together', async () => {
    const url = await postgres.createDatabase();
    await Promise.all(Array.from({ length: 10 }, () => migrateDatabase({ connectionString: url })));
    const applied = await query(url, 'select hash from drizzle.__drizzle_migrations');
    expect(applied.length).toBeGreaterThan(0);
    expect(new Set(applied.map(({ hash }) => hash)).size).toBe(applied.length);
    const tables = await query(url, `select tablename from pg_tables where schemaname = 'public' order by 1`);
    expect(tables.map(({ tablename }) => tablename)).toEqual([
      'audit',
      'bans',
      'chores',
      'invite_uses',
      'invites',
      'knocks',
      'memberships',
      'messages',
      'permissions',
      'refresh_tokens',
      'removals',
      'room_transfers',
      'rooms',
      'users',
    ]);
    await migrateDatabase({ connectionString: url });
    expect(await query(url, 'select hash from drizzle.__drizzle_migrations')).toEqual(applied);
  });

  it('that refuses Parley ends the start with a reason that does not contain the password', async () => {
    const url = await postgres.createDatabase();
    const wrong = new URL(url);
    wrong.password = 'not-the-password';
    const start = migrateDatabase({ connectionString: wrong.href }, { timeoutMs: 0 });
    await expect(start).rejects.toMatchObject({
      operator: true,
      message: expect.stringContaining('password authentication failed'),
    });
    await expect(start).rejects.not.toMatchObject({ message: expect.stringContaining('not-the-password') });
    await expect(
      migrateDatabase({ connectionString: 'postgres://a:b@127.0.0.1:1/x' }, { timeoutMs: 0 }),
    ).rejects.toThrow('cannot connect to the database');
  });

  describe('that becomes unavailable', () => {
    let rest: RestApp;
    const world = new World(() => rest);

    beforeAll(async () => {
      rest = await startRestApp({ ...SETTINGS, DATABASE_URL: await postgres.createDatabase() });
    });

    afterAll(async () => {
      await rest?.close();
    });

    it('does not affect calls, makes changes `unavailable`, and is used again once it is available', async () => {
      const [ada, unseen] = [await world.account(), await world.account()];
      const room = await world.room(ada);
      const admit = async (id: string) => {
        const principal = await rest.app.get(TokenVerifier).verify(ada.accessToken);
        return rest.app.get(RoomAccess).admit(principal, id as RoomId);
      };
      expect(await admit(room)).toMatchObject({ role: 'owner' });

      await postgres.pause();
      // Revocations that were read before are cached; other tokens are accepted on signature only.
      expect(await admit(room)).toMatchObject({ role: 'owner' });
      expect(await rest.app.get(TokenVerifier).verify(unseen.accessToken)).toMatchObject({ user: unseen.id });
      await expect(admit('never-seen')).rejects.toMatchObject({ code: 'unavailable' });
      const message = {
        room: room as RoomId,
        user: ada.id as UserId,
        name: 'Ada',
        from: 'p' as PeerId,
        id: 'm1',
        text: 'Hi',
      };
      await expect(rest.app.get(ChatLog).append(message)).rejects.toMatchObject({ code: 'unavailable' });
      const answers = [
        await world.as(ada).get(`/v1/rooms/${room}`),
        await world.as(ada).post('/v1/rooms', { name: 'New' }),
        await world.http.post('/v1/auth/login').send({ username: ada.username, password: PASSWORD }),
        await world.http.post('/v1/auth/refresh').send({ refreshToken: ada.refreshToken }),
      ];
      for (const answer of answers) {
        expect(problem(answer)).toEqual({ status: 503, code: 'unavailable' });
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      }
      await world.as(ada).get('/v1/ice-servers').expect(200);

      await postgres.resume();
      await world.as(ada).get(`/v1/rooms/${room}`).expect(200);
      expect(await rest.app.get(ChatLog).append(message)).toMatchObject({ fresh: true, message: { seq: 1 } });
      await world.http.post('/v1/auth/refresh').send({ refreshToken: ada.refreshToken }).expect(200);
    });
  });
});
