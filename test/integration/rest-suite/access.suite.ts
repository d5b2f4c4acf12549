import { describe, expect, it } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import { TokenVerifier } from '../../../src/auth/principal.js';
import { DATABASE, type Database } from '../../../src/database/database.tokens.js';
import { lockInTransaction } from '../../../src/database/lock-in-transaction.js';
import { bans } from '../../../src/database/schema.js';
import { InvitesStore } from '../../../src/rooms/moderation/invites.store.js';
import { RoomAccess } from '../../../src/rooms/room-access.js';
import {
  MAX_ACCESS_RECORDS,
  NO_ACCESS_RECORD,
  RoomAccessRecordsStore,
} from '../../../src/rooms/room-access-records.store.js';
import type { World } from './world.js';

/** The queries of the gateway to the same modules. */
export const accessSuite = (world: World): void => {
  const admit = async (who: { accessToken: string }, room: string) => {
    const principal = await world.rest.app.get(TokenVerifier).verify(who.accessToken);
    return world.rest.app.get(RoomAccess).admit(principal, room as RoomId);
  };

  describe('room access', () => {
    it('admits the owner, other users and guests with their roles, and returns the capacity', async () => {
      const owner = await world.account();
      const room = await world.room(owner, { capacity: 3 });
      const { cacheEntries } = world.rest.app.get(RoomAccess);
      expect(await admit(owner, room)).toMatchObject({ role: 'owner', capacity: 3 });
      expect(world.rest.app.get(RoomAccess).cacheEntries).toBeGreaterThan(cacheEntries);
      expect(await admit(await world.account(), room)).toMatchObject({ role: 'member', capacity: 3 });
      expect(await admit(await world.guest(room), room)).toMatchObject({ role: 'guest', capacity: 3 });
    });

    it('follows a change at once', async () => {
      const owner = await world.account();
      const room = await world.room(owner);
      const guest = await world.guest(room);
      expect(await admit(guest, room)).toMatchObject({ role: 'guest', capacity: 200 });
      await world.as(owner).patch(`/v1/rooms/${room}`, { guestsAllowed: false, capacity: 2 }, '"v1"').expect(200);
      await expect(admit(guest, room)).rejects.toMatchObject({ code: 'room_not_found' });
      expect(await admit(owner, room)).toMatchObject({ role: 'owner', capacity: 2 });
      await world.as(owner).delete(`/v1/rooms/${room}`).expect(204);
      await expect(admit(owner, room)).rejects.toMatchObject({ code: 'room_not_found' });
    });

    it('creates a room for a grant, accessible only with a grant', async () => {
      const room = world.uniqueName('team-');
      const outsider = await world.account();
      await expect(admit(outsider, room)).rejects.toMatchObject({ code: 'room_not_found' });
      const [byName, byPattern] = [
        world.external('out-1', { [room]: 'moderator' }),
        world.external('out-2', { 'team-*': 'member' }),
      ];
      expect(await admit(byPattern, room)).toMatchObject({ role: 'member', capacity: 200 });
      expect(await admit(byName, room)).toMatchObject({ role: 'moderator', capacity: 200 });
      await expect(admit(outsider, room)).rejects.toMatchObject({ code: 'room_not_found' });
      await world.http.get(`/v1/rooms/${room}/preview`).expect(404);
      await expect(admit(world.external('out-3', { other: 'owner' }), room)).rejects.toMatchObject({
        code: 'room_not_found',
      });
    });

    it('limits the rooms that a user’s grants create, also in a burst, without a limit on others', async () => {
      const [greedy, modest] = [world.uniqueName('greedy-'), world.uniqueName('modest-')];
      const as = (user: string) => world.external(user, { [`${greedy}*`]: 'owner' });
      const outcome = (user: string, room: string) =>
        admit(as(user), room).then(
          () => 'in',
          ({ code }) => code as string,
        );
      const rooms = Array.from({ length: 8 }, (_, n) => `${greedy}-${n}`);
      const outcomes = await Promise.all(rooms.map((room) => outcome(greedy, room)));
      expect(outcomes.toSorted()).toEqual([...Array(3).fill('in'), ...Array(5).fill('too_many_rooms')]);
      const wanted = rooms[outcomes.indexOf('too_many_rooms')] as string;
      expect(await Promise.all([outcome(greedy, wanted), outcome(modest, wanted)])).toContain('in');
      expect(await outcome(greedy, wanted)).toBe('in');
    });

    it('creates rooms for simultaneous joins in any order', async () => {
      const users = ['a', 'b', 'c', 'd'].map((name) => world.uniqueName(name));
      const rooms = Array.from({ length: 3 }, () => world.uniqueName('wanted'));
      const joins = users.flatMap((user, n) => {
        const who = world.external(user, { 'wanted*': 'member' });
        return (n % 2 === 0 ? rooms : rooms.toReversed()).map((room) => admit(who, room));
      });
      for (const { role } of await Promise.all(joins)) expect(role).toBe('member');
    });
  });

  it('creates rooms for others while one user’s lock is held', async () => {
    const [stuck, free] = [world.uniqueName('stuck'), world.uniqueName('free')];
    const enter = (user: string) => admit(world.external(user, { [user]: 'owner' }), user);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let locked = () => {};
    const isLocked = new Promise<void>((resolve) => {
      locked = resolve;
    });
    const holder = world.rest.app.get<Database>(DATABASE).transaction(async (tx) => {
      await lockInTransaction(tx, 'rooms of', stuck);
      locked();
      await released;
    });
    await isLocked;
    const [one, other] = await Promise.allSettled([enter(stuck), enter(free)]);
    release();
    await holder;
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(other).toMatchObject({ status: 'fulfilled', value: { role: 'owner' } });
    expect(await enter(stuck)).toMatchObject({ role: 'owner' });
  });

  describe('cached access records of a room', () => {
    it('are dropped when a user is removed, admitted again, or gets a role', async () => {
      const [owner, friend] = [await world.account(), await world.account()];
      const room = await world.room(owner);
      const path = `/v1/rooms/${room}`;
      await admit(owner, room);
      expect(await admit(friend, room)).toMatchObject({ role: 'member' });
      await world.as(owner).post(`${path}/bans`, { user: friend.id }).expect(204);
      await expect(admit(friend, room)).rejects.toMatchObject({ code: 'banned' });
      await admit(owner, room);
      await world.as(owner).delete(`${path}/bans/${friend.id}`).expect(204);
      await expect(admit(friend, room)).rejects.toMatchObject({ code: 'removed' });
      const other = await world.account();
      await admit(owner, room);
      await world.as(owner).put(`${path}/members/${other.id}`, { role: 'moderator' });
      expect(await admit(other, room)).toMatchObject({ role: 'moderator' });
    });

    it('refuse no user who was admitted meanwhile', async () => {
      const [owner, friend] = [await world.account(), await world.account()];
      const room = await world.room(owner, { access: 'invite' });
      const { body } = await world.as(owner).post(`/v1/rooms/${room}/invites`, { role: 'member' }).expect(201);
      const principal = await world.rest.app.get(TokenVerifier).verify(friend.accessToken);
      await admit(owner, room);
      // Like the commit of another node whose event has not arrived yet.
      await world.rest.app.get(InvitesStore, { strict: false }).accept(principal, body.token);
      expect(await admit(friend, room)).toMatchObject({ role: 'member' });
    });

    it('equal the records of each user, until there are too many', async () => {
      const [owner, banned, plain] = [await world.account(), await world.account(), await world.account()];
      const room = await world.room(owner);
      await world.as(owner).post(`/v1/rooms/${room}/bans`, { user: banned.id }).expect(204);
      const store = world.rest.app.get(RoomAccessRecordsStore, { strict: false });
      const all = await store.inRoom(room);
      if (all === 'many') throw new Error('two are not many');
      expect([...all.keys()].toSorted()).toEqual([owner.id, banned.id].toSorted());
      for (const [user, permissions] of all) expect(permissions).toEqual(await store.find(room, user));
      expect(await store.find(room, plain.id)).toEqual(NO_ACCESS_RECORD);
      const group = Array.from({ length: MAX_ACCESS_RECORDS }, (_, n) => ({ room, user: `u${n}`, by: owner.id }));
      await world.rest.app.get<Database>(DATABASE, { strict: false }).insert(bans).values(group);
      const [now, empty] = await Promise.all([store.inRoom(room), store.inRoom('no such room')]);
      expect([now, empty]).toEqual(['many', new Map()]);
    });

    it('are read one by one in a room with many', async () => {
      const [owner, friend] = [await world.account(), await world.account()];
      const room = await world.room(owner);
      const group = Array.from({ length: MAX_ACCESS_RECORDS }, (_, n) => ({ room, user: `u${n}`, by: owner.id }));
      await world.rest.app.get<Database>(DATABASE, { strict: false }).insert(bans).values(group);
      expect(await admit(owner, room)).toMatchObject({ role: 'owner' });
      expect(await admit(friend, room)).toMatchObject({ role: 'member' });
      await expect(admit(world.external('u7'), room)).rejects.toMatchObject({ code: 'banned' });
      await world.as(owner).post(`/v1/rooms/${room}/bans`, { user: friend.id }).expect(204);
      await expect(admit(friend, room)).rejects.toMatchObject({ code: 'banned' });
    });
  });
};
