import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, Role, RoomId, UserId } from '@parley/protocol';
import { TokenVerifier } from '../../../src/auth/principal.js';
import type { Presence } from '../../../src/presence/presence.js';
import { PRESENCE } from '../../../src/presence/presence.tokens.js';
import { RoomAccess } from '../../../src/rooms/room-access.js';
import { handMade } from './tokens.suite.js';
import { type Account, problem, type World } from './world.js';

export const moderationSuite = (world: World): void => {
  const admit = async (who: { accessToken: string }, room: string) => {
    const principal = await world.rest.app.get(TokenVerifier).verify(who.accessToken);
    return world.rest.app
      .get(RoomAccess)
      .admit(principal, room as RoomId)
      .then(
        ({ role }) => role as string,
        ({ code }) => code as string,
      );
  };
  const setUp = async (settings: Record<string, unknown> = {}) => {
    const owner = await world.account();
    return { owner, as: world.as(owner), room: await world.room(owner, settings) };
  };

  describe('a guest who is removed', () => {
    it('has no valid token left, not even one that was issued at that moment', async () => {
      const { as, room } = await setUp({ guestsAllowed: true });
      const refresh = (refreshToken: string) => world.http.post('/v1/auth/refresh').send({ refreshToken });
      const late: string[] = [];
      for (let round = 0; round < 10; round += 1) {
        const guest = await world.guest(room);
        const kick = as.post(`/v1/rooms/${room}/kick`, { user: guest.id }).expect(204);
        const [refreshed] = await Promise.all([refresh(guest.refreshToken), kick]);
        if (refreshed.status !== 200) continue;
        const { accessToken, refreshToken } = refreshed.body;
        if ((await refresh(refreshToken)).status === 200) late.push(`${guest.id} refreshes`);
        const seen = await world.http.get(`/v1/rooms/${room}`).set('authorization', `Bearer ${accessToken}`);
        if (seen.status === 200) late.push(`${guest.id} reads`);
      }
      expect(late).toEqual([]);
    });
  });

  describe('a token of whole seconds', () => {
    it('from the second of a kick is refused as `removed`, and one of the next second is valid', async () => {
      const { as, room } = await setUp();
      await as.post(`/v1/rooms/${room}/kick`, { user: 'kicked' }).expect(204);
      const kick = world.rest.events.find((event) => event.fact === 'user_removed' && event.room === room);
      const at = (kick as unknown as { at: number }).at;
      const read = (iat: number) => {
        const claims = { sub: 'kicked', iss: 'parley', aud: 'parley', iat, exp: iat + 60, rooms: { [room]: 'member' } };
        return world.as({ accessToken: handMade({ alg: 'HS256' }, claims) }).get(`/v1/rooms/${room}`);
      };
      const refused = await read(Math.floor(at / 1000));
      expect(problem(refused)).toEqual({ status: 403, code: 'removed' });
      expect(refused.body.detail).toContain('in the second in which this token was issued');
      expect((await read(Math.floor(at / 1000) + 1)).status).toBe(200);
    });
  });

  describe('the table of the policy', () => {
    /** The status for each role on a REST route; 2 stands for any success. */
    const ROUTES: readonly [string, string, object | undefined, Role][] = [
      ['get', '', undefined, 'guest'],
      ['get', '/messages', undefined, 'guest'],
      ['get', '/participants', undefined, 'guest'],
      ['get', '/members', undefined, 'member'],
      ['get', '/bans', undefined, 'moderator'],
      ['get', '/invites', undefined, 'moderator'],
      ['get', '/lobby', undefined, 'moderator'],
      ['post', '/lock', { locked: false }, 'moderator'],
      ['post', '/invites', {}, 'moderator'],
      ['post', '/kick', { user: 'nobody' }, 'moderator'],
      ['post', '/bans', { user: 'nobody' }, 'moderator'],
      ['post', '/permit', { user: 'nobody', chat: true }, 'moderator'],
      ['post', '/mute', { peer: 'nobody' }, 'moderator'],
      ['post', '/lobby', { knock: 'none', admit: true }, 'moderator'],
      ['put', '/members/somebody', { role: 'member' }, 'owner'],
      ['delete', '/members/nobody', undefined, 'owner'],
      ['post', '/transfer', { user: 'nobody' }, 'owner'],
      ['get', '/audit', undefined, 'owner'],
    ];
    /** Routes that a lock closes to users who are not in the room. */
    const INSIDE = new Set(['/messages', '/participants', '/members']);
    const RANKS: readonly Role[] = ['guest', 'member', 'moderator', 'owner'];

    // One owner for 40 rooms: both the rooms of an owner and the registrations of an address are limited.
    const owners: Account[] = [];
    let made = 0;
    const theOwner = async (): Promise<Account> => {
      if (made % 40 === 0) owners.push(await world.account());
      made += 1;
      return owners.at(-1) as Account;
    };

    it.each(ROUTES)('%s %s', async (method, path, body, least) => {
      for (const access of ['open', 'invite', 'lobby']) {
        for (const locked of [false, true]) {
          const room = await world.room(await theOwner(), { access, locked, listed: false });
          for (const role of RANKS) {
            const as = world.as(world.external(`u-${role}`, { [room]: role }));
            const route = `/v1/rooms/${room}${path}`;
            const answer =
              method === 'get' || method === 'delete'
                ? await as[method](route)
                : await as[method as 'post' | 'put'](route, body ?? {});
            const outside = role === 'guest' && access !== 'open';
            const bridge = locked ? 'room_locked' : access === 'invite' ? 'invite_required' : 'admission_required';
            const allowed = RANKS.indexOf(role) >= RANKS.indexOf(least);
            const shut = locked && INSIDE.has(path) && RANKS.indexOf(role) < RANKS.indexOf('moderator');
            const code = answer.status < 300 ? 'done' : (answer.body.code as string);
            const done = shut ? ['room_locked'] : ['done', 'not_found', 'peer_unknown'];
            const expected = outside ? [bridge] : allowed ? done : ['forbidden'];
            expect({ access, locked, role, code, fits: expected.includes(code) }).toMatchObject({ fits: true });
          }
        }
      }
    });
  });

  describe('a locked room', () => {
    const READS = ['participants', 'messages', 'members'];
    const join = (who: Account, room: string) =>
      world.rest.app.get<Presence>(PRESENCE).attach({
        room: room as RoomId,
        participant: { peer: `p-${who.id}` as PeerId, user: who.id as UserId, name: 'A', role: 'member', meta: {} },
        ...{ node: 'node-1' as NodeId, connection: `c-${who.id}` as ConnectionId, attempt: 1 },
        ...{ capacity: 10, replaceMeta: true },
      });

    it('can be read by its moderators and by users in it, even while they are away, and by no one else', async () => {
      const { as, room } = await setUp();
      const [inside, outside] = [await world.account(), await world.account()];
      const statuses = async (who: Account) =>
        Promise.all(READS.map(async (what) => (await world.as(who).get(`/v1/rooms/${room}/${what}`)).status));
      expect([await statuses(inside), await statuses(outside)]).toEqual([
        [200, 200, 200],
        [200, 200, 200],
      ]);
      await join(inside, room);
      await as.post(`/v1/rooms/${room}/lock`, { locked: true }).expect(204);
      expect([await statuses(inside), await statuses(outside)]).toEqual([
        [200, 200, 200],
        [403, 403, 403],
      ]);
      const refused = await world.as(outside).get(`/v1/rooms/${room}/messages`);
      expect(problem(refused)).toEqual({ status: 403, code: 'room_locked' });
      const presence = world.rest.app.get<Presence>(PRESENCE);
      await presence.detach(room as RoomId, `p-${inside.id}` as PeerId, `c-${inside.id}` as ConnectionId);
      expect(await statuses(inside)).toEqual([200, 200, 200]);
      for (const what of READS) await as.get(`/v1/rooms/${room}/${what}`).expect(200);
      await presence.leave(room as RoomId, `p-${inside.id}` as PeerId, 'left');
      expect(await statuses(inside)).toEqual([403, 403, 403]);
    });
  });

  describe('a ban', () => {
    it('applies to a user and to a guest until it is lifted or expires', async () => {
      const { as, room } = await setUp();
      const [user, guest] = [await world.account(), await world.guest(room)];
      for (const { id } of [user, guest]) await as.post(`/v1/rooms/${room}/bans`, { user: id }).expect(204);
      expect([await admit(user, room), await admit(guest, room)]).toEqual(['banned', 'banned']);
      expect(problem(await world.as(user).get(`/v1/rooms/${room}`)).code).toBe('banned');
      const refreshed = await world.http.post('/v1/auth/refresh').send({ refreshToken: guest.refreshToken });
      expect(problem(refreshed).code).toBe('refresh_invalid');
      await as.delete(`/v1/rooms/${room}/bans/${user.id}`).expect(204);
      expect(problem(await as.delete(`/v1/rooms/${room}/bans/${user.id}`)).code).toBe('not_found');
      // Tokens from before the ban stay invalid; a newer one is valid.
      expect(await admit(user, room)).toBe('removed');
      const { body } = await world.http.post('/v1/auth/refresh').send({ refreshToken: user.refreshToken }).expect(200);
      expect(await admit(body, room)).toBe('member');
    });

    it('expires by itself', async () => {
      const { as, room } = await setUp();
      const user = await world.account();
      await as.post(`/v1/rooms/${room}/bans`, { user: user.id, until: '2020-01-01T00:00:00Z' }).expect(204);
      const { body } = await world.http.post('/v1/auth/refresh').send({ refreshToken: user.refreshToken }).expect(200);
      expect(await admit(body, room)).toBe('member');
      expect((await as.get(`/v1/rooms/${room}/bans`)).body.bans).toEqual([]);
    });
  });

  describe('an invite', () => {
    const invite = async (as: ReturnType<World['as']>, room: string, terms: object = {}): Promise<string> =>
      (await as.post(`/v1/rooms/${room}/invites`, terms).expect(201)).body.token;
    const accept = (who: Account, token: string) => world.as(who).post('/v1/invites/accept', { token });

    it('makes a user a member once, however often it is accepted', async () => {
      const { as, room } = await setUp({ access: 'invite' });
      const [user, other] = [await world.account(), await world.account()];
      const token = await invite(as, room, { uses: 1 });
      for (let times = 0; times < 2; times += 1) {
        const answer = await accept(user, token);
        expect(times === 0 ? answer.body : problem(answer).code).toEqual(times === 0 ? { room } : 'invite_invalid');
      }
      expect(problem(await accept(other, token))).toEqual({ status: 404, code: 'invite_invalid' });
      expect([await admit(user, room), await admit(other, room)]).toEqual(['member', 'invite_required']);
    });

    it('with one use admits one of two simultaneous users', async () => {
      const { as, room } = await setUp({ access: 'invite' });
      const token = await invite(as, room, { uses: 1 });
      const people = await Promise.all([1, 2, 3, 4].map(() => world.account()));
      const answers = await Promise.all(people.map((who) => accept(who, token)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
    });

    it('can be revoked, and does not admit a banned user', async () => {
      const { as, room } = await setUp({ access: 'lobby' });
      const [token, other] = [await invite(as, room), await invite(as, room)];
      const { body } = await as.get(`/v1/rooms/${room}/invites`).expect(200);
      expect(body.invites).toHaveLength(2);
      expect(JSON.stringify(body)).not.toContain(token);
      const user = await world.account();
      await as.post(`/v1/rooms/${room}/bans`, { user: user.id }).expect(204);
      expect(problem(await accept(user, token)).code).toBe('banned');
      for (const { id } of body.invites) await as.delete(`/v1/rooms/${room}/invites/${id}`).expect(204);
      expect(problem(await accept(await world.account(), other)).code).toBe('invite_invalid');
    });

    it('of a moderator cannot grant the role of a moderator', async () => {
      const { room } = await setUp();
      const as = world.as(world.external('moderator', { [room]: 'moderator' }));
      expect(problem(await as.post(`/v1/rooms/${room}/invites`, { role: 'moderator' })).code).toBe('forbidden');
    });
  });

  it('a lock request without a value changes nothing, and is not in the audit log', async () => {
    const { as, room } = await setUp({ locked: true });
    for (const body of [{}, undefined, { locked: null }]) {
      const { status, code } = problem(await as.post(`/v1/rooms/${room}/lock`, body as object));
      expect({ body, status, code }).toEqual({ body, status: 400, code: 'bad_request' });
    }
    expect((await as.get(`/v1/rooms/${room}`).expect(200)).body.locked).toBe(true);
    expect((await as.get(`/v1/rooms/${room}/audit`).expect(200)).body.items).toEqual([]);
  });

  it('a moderator can change name and metadata; only the owner can change access', async () => {
    const { room } = await setUp();
    const as = world.as(world.external('moderator', { [room]: 'moderator' }));
    await as.patch(`/v1/rooms/${room}`, { name: 'Renamed', metadata: { a: 1 } }, '"v1"').expect(200);
    expect(problem(await as.patch(`/v1/rooms/${room}`, { access: 'open' }, '"v2"')).code).toBe('forbidden');
    await as.patch(`/v1/rooms/${room}`, { locked: true }, '"v2"').expect(200);
  });
};
