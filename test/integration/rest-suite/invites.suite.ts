import { describe, expect, it } from '@jest/globals';
import { JwtService } from '@nestjs/jwt';
import type { RoomId } from '@parley/protocol';
import { TokenVerifier } from '../../../src/auth/principal.js';
import { RoomAccess } from '../../../src/rooms/room-access.js';
import { type Account, problem, type World } from './world.js';

type Token = { readonly accessToken: string };

/** When an invite no longer admits a user. */
export const invitesSuite = (world: World): void => {
  const admit = async (who: Token, room: string, invite?: string) => {
    const principal = await world.rest.app.get(TokenVerifier).verify(who.accessToken);
    return world.rest.app
      .get(RoomAccess)
      .admit(principal, room as RoomId, { invite })
      .then(
        ({ role }) => role as string,
        ({ code }) => code as string,
      );
  };
  const invite = async (who: Token, room: string, terms: object = {}): Promise<string> =>
    (await world.as(who).post(`/v1/rooms/${room}/invites`, terms).expect(201)).body.token;
  const accept = async (who: Token, token: string) => {
    const answer = await world.as(who).post('/v1/invites/accept', { token });
    return answer.status === 200 ? 'accepted' : problem(answer).code;
  };
  /** Makes a token that is newer than a removal. */
  const renewed = async ({ refreshToken, ...who }: Account): Promise<Account> => {
    const { body } = await world.http.post('/v1/auth/refresh').send({ refreshToken }).expect(200);
    return { ...who, accessToken: body.accessToken, refreshToken: body.refreshToken };
  };
  const setUp = async (access = 'invite') => {
    const owner = await world.account();
    return { owner, as: world.as(owner), room: await world.room(owner, { access }) };
  };

  describe('an invite that ends', () => {
    it.each(['invite', 'lobby'])('does not readmit a user whom a moderator kicked: %s', async (access) => {
      const { owner, as, room } = await setUp(access);
      const [link, other] = [await invite(owner, room), await invite(owner, room)];
      const refused = access === 'invite' ? 'invite_required' : 'admission_required';
      let user = await world.account();
      expect([await accept(user, link), await admit(user, room)]).toEqual(['accepted', 'member']);
      await as.post(`/v1/rooms/${room}/kick`, { user: user.id }).expect(204);
      user = await renewed(user);
      expect(await admit(user, room)).toBe(refused);
      expect([await accept(user, link), await admit(user, room, link)]).toEqual(['invite_invalid', 'invite_invalid']);
      // It still admits everyone else, and a new invite is a new decision of a moderator.
      expect(await accept(await world.account(), link)).toBe('accepted');
      expect([await accept(user, other), await admit(user, room)]).toEqual(['accepted', 'member']);
    });

    it('does not readmit a member whom the owner removed', async () => {
      const { owner, as, room } = await setUp('open');
      const link = await invite(owner, room, { role: 'moderator' });
      const user = await world.account();
      expect([await accept(user, link), await admit(user, room)]).toEqual(['accepted', 'moderator']);
      await as.delete(`/v1/rooms/${room}/members/${user.id}`).expect(204);
      expect([await accept(user, link), await admit(user, room)]).toEqual(['invite_invalid', 'member']);
    });

    it('keeps a role that the owner set, even if the invite admitted the user first', async () => {
      const { owner, as, room } = await setUp();
      const link = await invite(owner, room);
      const [invited, named] = [await world.account(), await world.account()];
      expect(await accept(invited, link)).toBe('accepted');
      for (const { id } of [invited, named]) {
        await as.put(`/v1/rooms/${room}/members/${id}`, { role: 'member' }).expect(204);
        await as.post(`/v1/rooms/${room}/kick`, { user: id }).expect(204);
      }
      expect([await admit(await renewed(invited), room), await admit(await renewed(named), room)]).toEqual([
        'member',
        'member',
      ]);
    });

    it('is revoked with the ban of its creator; those of others stay', async () => {
      const { owner, as, room } = await setUp();
      const creator = await world.account();
      await as.put(`/v1/rooms/${room}/members/${creator.id}`, { role: 'moderator' }).expect(204);
      const [ended, kept] = [await invite(creator, room), await invite(owner, room)];
      await as.post(`/v1/rooms/${room}/bans`, { user: creator.id }).expect(204);
      expect((await as.get(`/v1/rooms/${room}/invites`).expect(200)).body.invites).toHaveLength(1);
      expect(await accept(await world.account(), ended)).toBe('invite_invalid');
      await as.delete(`/v1/rooms/${room}/bans/${creator.id}`).expect(204);
      expect(await accept(await world.account(), ended)).toBe('invite_invalid');
      expect(await accept(await world.account(), kept)).toBe('accepted');
    });
  });

  it.each(['*', 'PREFIX*', 'ROOM'])('an invite is for a guest whose token names the room by %s', async (pattern) => {
    const { owner, room } = await setUp();
    const name = pattern.replace('ROOM', room).replace('PREFIX', room.slice(0, 4));
    const claims = { sub: world.uniqueName('g'), name: 'Guest', kind: 'guest', rooms: { [name]: 'guest' } };
    const guest = { accessToken: world.rest.app.get(JwtService, { strict: false }).sign(claims, { expiresIn: 60 }) };
    const link = await invite(owner, room);
    expect([await admit(guest, room), await accept(guest, link)]).toEqual(['invite_required', 'accepted']);
    expect(await admit(guest, room)).toBe('guest');
    const elsewhere = await setUp();
    const other = await invite(elsewhere.owner, elsewhere.room);
    expect(await accept(guest, other)).toBe(pattern === '*' ? 'accepted' : 'invite_invalid');
  });
};
