import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, RoomId, UserId } from '@parley/protocol';
import { AuditStore } from '../../../src/audit/audit.store.js';
import { TokenVerifier } from '../../../src/auth/principal.js';
import type { Presence } from '../../../src/presence/presence.js';
import { PRESENCE } from '../../../src/presence/presence.tokens.js';
import { type Entry, RoomAccess } from '../../../src/rooms/room-access.js';
import { RoomExpiry } from '../../../src/rooms/room-expiry.js';
import { until } from '../../support/until.js';
import { fields, problem, type World } from './world.js';

export const endingsSuite = (world: World): void => {
  const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const isOver = async (as: ReturnType<World['as']>, room: string): Promise<boolean> => {
    const answer = await as.get(`/v1/rooms/${room}`);
    return answer.status !== 200 && problem(answer).code === 'room_not_found';
  };
  const enter = (room: string) =>
    world.rest.app.get<Presence>(PRESENCE, { strict: false }).attach({
      room: room as RoomId,
      participant: { peer: `p-${room}` as PeerId, user: 'u' as UserId, name: 'U', role: 'member', meta: {} },
      node: 'rest-test' as NodeId,
      connection: 'c' as ConnectionId,
      attempt: 1,
      capacity: 10,
      replaceMeta: true,
    });
  const lines = async (room: string) =>
    (await world.rest.app.get(AuditStore, { strict: false }).page({ room }, undefined, 100)).filter(
      ({ action }) => action === 'room.end',
    );
  const closings = (room: string) =>
    world.rest.events.filter((event) => event.fact === 'room_closed' && event.room === room);

  describe('a room with an end', () => {
    it('shows its end, which can be changed and removed', async () => {
      const as = world.as(await world.account());
      const [first, second] = [soon(3_600_000), soon(7_200_000)];
      const made = await as.post('/v1/rooms', { name: 'R', endsAt: first, endWhenEmptySeconds: 60 }).expect(201);
      expect(made.body).toMatchObject({ endsAt: first, endWhenEmptySeconds: 60 });
      const path = `/v1/rooms/${made.body.id}`;
      const later = await as.patch(path, { endsAt: second, endWhenEmptySeconds: 120 }, '"v1"').expect(200);
      expect(later.body).toMatchObject({ endsAt: second, endWhenEmptySeconds: 120 });
      const never = await as.patch(path, { endsAt: null, endWhenEmptySeconds: null }, '"v2"').expect(200);
      expect(never.body).toMatchObject({ endsAt: null, endWhenEmptySeconds: null });
    });

    it.each([
      [{ endsAt: '2020-01-01T00:00:00Z' }, 'endsAt'],
      [{ endsAt: '2099-01-01' }, 'endsAt'],
      [{ endsAt: '2099-13-41T00:00:00Z' }, 'endsAt'],
      [{ endsAt: 4_102_444_800_000 }, 'endsAt'],
      [{ endWhenEmptySeconds: -1 }, 'endWhenEmptySeconds'],
      [{ endWhenEmptySeconds: 1.5 }, 'endWhenEmptySeconds'],
      [{ endWhenEmptySeconds: 90 * 86_400 + 1 }, 'endWhenEmptySeconds'],
    ])('does not take %j', async (settings, field) => {
      const answer = await world.as(await world.account()).post('/v1/rooms', { name: 'R', ...settings });
      expect([problem(answer).status, fields(answer)]).toEqual([400, [field]]);
    });

    it('has an end that only the owner can set', async () => {
      const room = await world.room(await world.account());
      const as = world.as(world.external('moderator', { [room]: 'moderator' }));
      expect(problem(await as.patch(`/v1/rooms/${room}`, { endWhenEmptySeconds: 5 }, '"v1"')).code).toBe('forbidden');
    });

    it('ends at its time: every node is notified once, and the audit log has the reason', async () => {
      const owner = await world.account();
      const room = await world.room(owner, { endsAt: soon(500) });
      await until(() => isOver(world.as(owner), room));
      await until(() => closings(room).length > 0);
      expect(await lines(room)).toMatchObject([{ actor: null, details: { reason: 'time' } }]);
      await world.rest.app.get(RoomExpiry, { strict: false }).run();
      expect([closings(room).length, (await lines(room)).length]).toEqual([1, 1]);
    });

    it('ends when it is empty, not while a user is in it', async () => {
      const owner = await world.account();
      const busy = await world.room(owner, { endWhenEmptySeconds: 0 });
      await enter(busy);
      // Created later and ended already: a room that was due before it would have ended by now.
      const empty = await world.room(owner, { endWhenEmptySeconds: 0 });
      await until(() => isOver(world.as(owner), empty));
      expect(await lines(empty)).toMatchObject([{ details: { reason: 'empty' } }]);
      expect(await isOver(world.as(owner), busy)).toBe(false);
      await world.rest.app
        .get<Presence>(PRESENCE, { strict: false })
        .leave(busy as RoomId, `p-${busy}` as PeerId, 'left');
      await until(() => isOver(world.as(owner), busy));
    });

    it('is ended once by two simultaneous checks', async () => {
      const owner = await world.account();
      const rooms = await Promise.all([1, 2, 3, 4].map(() => world.room(owner, { endsAt: soon(300) })));
      const endings = world.rest.app.get(RoomExpiry, { strict: false });
      await until(async () => {
        await Promise.all([endings.run(), endings.run(), endings.run()]);
        return (await Promise.all(rooms.map((room) => isOver(world.as(owner), room)))).every(Boolean);
      });
      for (const room of rooms) expect([closings(room).length, (await lines(room)).length]).toEqual([1, 1]);
    });
  });

  it('a refused join creates no room, nor does a query', async () => {
    const [owner, user] = [world.uniqueName('owner'), world.uniqueName('user')];
    const room = world.uniqueName('granted-');
    const [ruler, member] = [world.external(owner, { [room]: 'owner' }), world.external(user, { [room]: 'member' })];
    const admit = async ({ accessToken }: { accessToken: string }, entry: Entry = {}) => {
      const principal = await world.rest.app.get(TokenVerifier, { strict: false }).verify(accessToken);
      return world.rest.app
        .get(RoomAccess, { strict: false })
        .admit(principal, room as RoomId, entry)
        .then(
          () => 'in',
          ({ code }) => code as string,
        );
    };
    const read = async () => (await world.as(ruler).get(`/v1/rooms/${room}`)).status;
    expect([await admit(ruler, { mayCreate: false }), await read()]).toEqual(['room_not_found', 404]);
    expect([await admit(ruler), await admit(member)]).toEqual(['in', 'in']);
    await world.as(ruler).post(`/v1/rooms/${room}/kick`, { user }).expect(204);
    await world.as(ruler).delete(`/v1/rooms/${room}`).expect(204);
    expect([await admit(member), await read()]).toEqual(['removed', 404]);
    expect([await admit(ruler), await read()]).toEqual(['in', 200]);
  });

  it('a user’s grants create a limited number of rooms, which end after they were empty for long', async () => {
    const user = world.uniqueName('granted');
    const join = async (room: string) => {
      const token = world.external(user, { '*': 'owner' }).accessToken;
      const principal = await world.rest.app.get(TokenVerifier, { strict: false }).verify(token);
      return world.rest.app
        .get(RoomAccess, { strict: false })
        .admit(principal, room as RoomId)
        .then(
          () => 'in',
          ({ code }) => code as string,
        );
    };
    const as = world.as(world.external(user, { '*': 'owner' }));
    for (let n = 0; n < 3; n += 1) expect(await join(`${user}-${n}`)).toBe('in');
    expect(await join(`${user}-3`)).toBe('too_many_rooms');
    expect((await as.get(`/v1/rooms/${user}-0`)).body).toMatchObject({ owner: null, endWhenEmptySeconds: 30 * 86_400 });
    await as.delete(`/v1/rooms/${user}-0`).expect(204);
    expect(await join(`${user}-3`)).toBe('in');
  });
};
