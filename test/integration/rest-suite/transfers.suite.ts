import { describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../../../src/database/database.tokens.js';
import { type Account, problem, type World } from './world.js';

/** Transfers of the ownership of a room. */
export const transfersSuite = (world: World): void => {
  const path = (room: string, more = '') => `/v1/rooms/${room}/transfer${more}`;
  const setUp = async () => {
    const [owner, member] = [await world.account(), await world.account()];
    const room = await world.room(owner);
    const name = (user: string) => world.as(owner).put(`/v1/rooms/${room}/members/${user}`, { role: 'member' });
    await name(member.id).expect(204);
    return { owner, member, room, name };
  };
  const offer = (owner: Account, room: string, user: string) => world.as(owner).post(path(room), { user });
  const ownerOf = async (who: Account, room: string): Promise<string> =>
    (await world.as(who).get(`/v1/rooms/${room}`).expect(200)).body.owner;
  const codeOf = async (asked: PromiseLike<Parameters<typeof problem>[0]>) => problem(await asked).code;

  describe('a transfer', () => {
    it('is an offer to a member, and moves the room when it is accepted', async () => {
      const { owner, member, room } = await setUp();
      expect(await codeOf(offer(owner, room, (await world.account()).id))).toBe('not_found');
      expect(await codeOf(offer(owner, room, owner.id))).toBe('conflict');
      const { body } = await offer(owner, room, member.id).expect(202);
      expect(body).toMatchObject({ room, roomName: 'Weekly', from: owner.id, to: member.id });
      const days = (Date.parse(body.expiresAt) - Date.now()) / 86_400_000;
      expect(Math.round(days)).toBe(7);
      expect(await ownerOf(owner, room)).toBe(owner.id);
      for (const who of [owner, member]) expect((await world.as(who).get(path(room)).expect(200)).body).toEqual(body);
      expect((await world.as(member).get('/v1/transfers').expect(200)).body).toEqual({ transfers: [body] });
      await world.as(member).post(path(room, '/accept'), {}).expect(204);
      expect(await ownerOf(owner, room)).toBe(member.id);
      const { members } = (await world.as(member).get(`/v1/rooms/${room}/members`).expect(200)).body;
      expect(Object.fromEntries(members.map(({ user, role }: any) => [user, role]))).toEqual({
        [owner.id]: 'moderator',
        [member.id]: 'owner',
      });
      expect(await codeOf(world.as(member).post(path(room, '/accept'), {}))).toBe('not_found');
      expect(await codeOf(offer(owner, room, owner.id))).toBe('forbidden');
    });

    it('is visible only to its owner and its member', async () => {
      const { owner, member, room, name } = await setUp();
      const other = await world.account();
      await name(other.id).expect(204);
      await offer(owner, room, member.id).expect(202);
      const as = world.as(other);
      expect(await codeOf(as.get(path(room)))).toBe('not_found');
      for (const answer of ['/accept', '/decline'])
        expect(await codeOf(as.post(path(room, answer), {}))).toBe('not_found');
      expect(await codeOf(as.delete(path(room)))).toBe('forbidden');
      expect((await as.get('/v1/transfers').expect(200)).body).toEqual({ transfers: [] });
      expect(await codeOf(world.as(await world.guest(room)).get('/v1/transfers'))).toBe('forbidden');
    });

    it('ends when it is declined, withdrawn, expired or replaced, or when its member is removed', async () => {
      const { owner, member, room, name } = await setUp();
      const ends: (() => Promise<unknown>)[] = [
        () => world.as(member).post(path(room, '/decline'), {}).expect(204),
        () => world.as(owner).delete(path(room)).expect(204),
        () =>
          world.rest.app
            .get<Database>(DATABASE, { strict: false })
            .execute(sql`update room_transfers set expires_at = now() where room = ${room}`),
        async () => {
          const other = await world.account();
          await name(other.id).expect(204);
          await offer(owner, room, other.id).expect(202);
        },
        () => world.as(owner).delete(`/v1/rooms/${room}/members/${member.id}`).expect(204),
      ];
      for (const end of ends) {
        await offer(owner, room, member.id).expect(202);
        await end();
        expect(await codeOf(world.as(member).post(path(room, '/accept'), {}))).toBe('not_found');
      }
      expect(await ownerOf(owner, room)).toBe(owner.id);
    });

    it('counts towards the rooms that a user may own, and a user has a limited number of offers', async () => {
      const victim = await world.account();
      const owner = await world.account();
      const offers = [];
      for (let n = 0; n < 21; n += 1) {
        const room = await world.room(owner);
        await world.as(owner).put(`/v1/rooms/${room}/members/${victim.id}`, { role: 'member' }).expect(204);
        offers.push((await offer(owner, room, victim.id)).status);
      }
      expect(offers).toEqual([...Array(20).fill(202), 409]);
      await world.room(victim);
      const { transfers } = (await world.as(victim).get('/v1/transfers').expect(200)).body;
      expect(transfers).toHaveLength(20);
      await world.as(victim).post(path(transfers[0].room, '/decline'), {}).expect(204);
      expect((await offer(owner, transfers[0].room, victim.id)).status).toBe(202);
    });
  });
};
