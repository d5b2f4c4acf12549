import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import { eq, sql } from 'drizzle-orm';
import type { Response } from 'supertest';
import { TokenVerifier } from '../../../src/auth/principal.js';
import { DATABASE, type Database } from '../../../src/database/database.tokens.js';
import { rooms } from '../../../src/database/schema.js';
import { RoomAccess } from '../../../src/rooms/room-access.js';
import { type Account, problem, type World } from './world.js';

const MIGRATION = join(import.meta.dirname, '../../../src/database/migrations/0003_guests_by_grant.sql');
const NOWHERE = 'nowhere12345';

/** The parts of an answer that must be equal if it reveals nothing. */
const told = ({ status, body: { requestId: _, ...body }, headers }: Response) => ({
  status,
  body,
  headers: Object.keys(headers).toSorted(),
});

/** Guests at every route that issues a token or a credential, or shows a room. */
export const guestsSuite = (world: World): void => {
  const database = () => world.rest.app.get<Database>(DATABASE);
  const access = () => world.rest.app.get(RoomAccess);
  const principalOf = ({ accessToken }: { accessToken: string }) =>
    world.rest.app.get(TokenVerifier).verify(accessToken);
  const admit = async (who: { accessToken: string }, room: string) =>
    access()
      .admit(await principalOf(who), room as RoomId)
      .then(
        ({ role }) => role,
        ({ code }) => code as string,
      );
  const issue = (room: string) => world.http.post('/v1/auth/guest').send({ displayName: 'Grace', room });
  const refresh = ({ refreshToken }: Account) => world.http.post('/v1/auth/refresh').send({ refreshToken });

  /** Creates a room by the grant of a token. */
  const granted = async (guests?: boolean) => {
    const room = world.uniqueName('granted-');
    const grant = guests === undefined ? 'owner' : { role: 'owner' as const, guests };
    const owner = world.external(world.uniqueName('out-'), { [room]: grant });
    expect(await admit(owner, room)).toBe('owner');
    return { room, owner };
  };

  /** Makes a guest token for a room that would not issue one. */
  const guestOf = (room: string) => {
    const context = { id: world.uniqueName('g_'), name: 'Grace', kind: 'guest' as const, notBefore: 0 };
    return { accessToken: world.issuer().issue({ ...context, grants: { [room]: 'guest' } }, 60) };
  };

  const setUp = async (settings: Record<string, unknown> = {}) => {
    const owner = await world.account();
    const room = await world.room(owner, settings);
    const guest = await world.guest(room);
    const close = () => world.as(owner).patch(`/v1/rooms/${room}`, { guestsAllowed: false }, '"v1"').expect(200);
    return { owner, room, guest, close };
  };

  describe('a guest', () => {
    it('gets no token for a room that a grant created, and cannot tell it from one that does not exist', async () => {
      const { room } = await granted();
      const closed = await world.room(await world.account(), { guestsAllowed: false });
      const missing = await issue(NOWHERE);
      expect(problem(missing)).toEqual({ status: 404, code: 'room_not_found' });
      for (const refused of [room, closed]) expect(told(await issue(refused))).toEqual(told(missing));
    });

    it('gets a token for a room whose grant allows guests, until an owner changes that', async () => {
      const { room, owner } = await granted(true);
      const guest = await world.guest(room);
      expect(await admit(guest, room)).toBe('guest');
      await world.as(guest).get(`/v1/rooms/${room}/messages`).expect(200);
      await world.http.get(`/v1/rooms/${room}/preview`).expect(200);
      await world.as(owner).patch(`/v1/rooms/${room}`, { guestsAllowed: false }, '"v1"').expect(200);
      expect([await admit(guest, room), problem(await refresh(guest)).code]).toEqual(Array(2).fill('room_not_found'));
      // The next join with such a grant does not allow guests again.
      expect(await admit(world.external('late', { [room]: { role: 'owner', guests: true } }), room)).toBe('owner');
      expect(problem(await issue(room)).code).toBe('room_not_found');
    });

    it('gets one after an owner by grant allows guests', async () => {
      const { room, owner } = await granted(false);
      await world.as(owner).patch(`/v1/rooms/${room}`, { guestsAllowed: true }, '"v1"').expect(200);
      expect(await admit(await world.guest(room), room)).toBe('guest');
    });

    it('keeps the refresh token while its room allows no guests', async () => {
      const { room, guest, owner, close } = await setUp();
      await close();
      expect(problem(await refresh(guest))).toEqual({ status: 404, code: 'room_not_found' });
      await world.as(owner).patch(`/v1/rooms/${room}`, { guestsAllowed: true }, '"v2"').expect(200);
      await refresh(guest).expect(200);
    });

    it('cannot refresh after the room has ended or a ban', async () => {
      const [ended, banned] = [await setUp(), await setUp()];
      await world.as(ended.owner).delete(`/v1/rooms/${ended.room}`).expect(204);
      expect(problem(await refresh(ended.guest)).code).toBe('room_not_found');
      await world.as(banned.owner).post(`/v1/rooms/${banned.room}/bans`, { user: banned.guest.id }).expect(204);
      expect((await refresh(banned.guest)).status).not.toBe(200);
    });

    it('gets and refreshes a token for a room with a lobby or an invite requirement, and reads nothing there', async () => {
      for (const entry of ['lobby', 'invite']) {
        const { room, guest } = await setUp({ access: entry });
        await refresh(guest).expect(200);
        const code = entry === 'lobby' ? 'admission_required' : 'invite_required';
        expect(problem(await world.as(guest).get(`/v1/rooms/${room}/messages`)).code).toBe(code);
        expect(problem(await world.as(guest).get('/v1/ice-servers'))).toEqual({ status: 403, code: 'forbidden' });
      }
    });

    it.each([
      ['get', ''],
      ['get', '/messages'],
      ['get', '/participants'],
      ['get', '/members'],
      ['get', '/audit'],
      ['get', '/bans'],
      ['get', '/invites'],
      ['get', '/lobby'],
      ['delete', ''],
    ] as const)('is refused %s /v1/rooms/:id%s as if the room did not exist', async (method, path) => {
      const { room, guest, close } = await setUp();
      await close();
      const missing = await world.as(guestOf(NOWHERE))[method](`/v1/rooms/${NOWHERE}${path}`);
      expect(problem(missing)).toEqual({ status: 404, code: 'room_not_found' });
      const { room: byGrant } = await granted();
      const elsewhere = await world.guest(await world.room(await world.account()));
      const refused = [
        await world.as(guest)[method](`/v1/rooms/${room}${path}`),
        await world.as(guestOf(byGrant))[method](`/v1/rooms/${byGrant}${path}`),
        await world.as(elsewhere)[method](`/v1/rooms/${room}${path}`),
        await world.as(elsewhere)[method](`/v1/rooms/${NOWHERE}${path}`),
      ];
      expect(refused.map(told)).toEqual(Array(4).fill(told(missing)));
    });

    it('sees no rooms in lists that do not allow it', async () => {
      const { guest, close } = await setUp();
      const list = async (who: { accessToken: string }) => (await world.as(who).get('/v1/rooms').expect(200)).body;
      expect((await list(guest)).items).toHaveLength(1);
      await close();
      expect(await list(guest)).toEqual({ items: [], nextCursor: null });
      expect(await list(guestOf((await granted()).room))).toEqual({ items: [], nextCursor: null });
    });

    it('gets no TURN credentials once its room does not allow it', async () => {
      const { guest, close } = await setUp();
      await world.as(guest).get('/v1/ice-servers').expect(200);
      await close();
      const refused = [
        await world.as(guest).get('/v1/ice-servers'),
        await world.as(guestOf((await granted()).room)).get('/v1/ice-servers'),
        await world.as(guestOf(NOWHERE)).get('/v1/ice-servers'),
      ];
      expect(refused.map((answer) => problem(answer))).toEqual(Array(3).fill({ status: 403, code: 'forbidden' }));
    });

    it('with a pattern of rooms from its issuer gets TURN credentials', async () => {
      expect(await access().mayRelay(await principalOf(guestOf('team-*')))).toBe(true);
    });

    it('does not join a room that a grant created, nor learn that it exists', async () => {
      const { room } = await granted();
      expect([await admit(guestOf(room), room), await admit(guestOf(NOWHERE), NOWHERE)]).toEqual(
        Array(2).fill('room_not_found'),
      );
    });

    it('is not admitted by an invite where no guests are allowed, nor by one to another room', async () => {
      const { room, guest, owner, close } = await setUp({ access: 'invite' });
      const { body } = await world.as(owner).post(`/v1/rooms/${room}/invites`, {}).expect(201);
      const accept = (who: { accessToken: string }) => world.as(who).post('/v1/invites/accept', { token: body.token });
      const elsewhere = await world.guest(await world.room(owner));
      expect(problem(await accept(elsewhere)).code).toBe('invite_invalid');
      await close();
      expect(problem(await accept(guest))).toEqual({ status: 403, code: 'guests_not_allowed' });
    });
  });

  it('a preview shows no room that a grant created without guests', async () => {
    const missing = await world.http.get(`/v1/rooms/${NOWHERE}/preview`);
    const { room } = await granted();
    expect(told(await world.http.get(`/v1/rooms/${room}/preview`))).toEqual(told(missing));
  });

  it('a list shows no banned user what the room itself does not', async () => {
    const [owner, outsider] = [await world.account(), await world.account()];
    const name = world.uniqueName('Listed ');
    const room = await world.room(owner, { name });
    const search = async () =>
      (
        await world
          .as(outsider)
          .get(`/v1/rooms?search=${encodeURIComponent(name)}`)
          .expect(200)
      ).body.items;
    expect(await search()).toHaveLength(1);
    await world.as(owner).post(`/v1/rooms/${room}/bans`, { user: outsider.id }).expect(204);
    expect(await search()).toEqual([]);
  });

  it('rooms that grants created before are closed to guests by the migration, others are not', async () => {
    const [{ room }, owned] = [await granted(true), await world.room(await world.account())];
    await database().update(rooms).set({ guestsAllowed: true }).where(eq(rooms.id, room));
    for (const statement of readFileSync(MIGRATION, 'utf8').split('--> statement-breakpoint'))
      await database().execute(sql.raw(statement));
    const found = async (id: string) => (await database().select().from(rooms).where(eq(rooms.id, id)))[0];
    expect(await found(room)).toMatchObject({ guestsAllowed: false, version: 2 });
    expect(await found(owned)).toMatchObject({ guestsAllowed: true, version: 1 });
  });
};
