import { describe, expect, it } from '@jest/globals';
import { aRoom, attach, aUser, request, type Subject } from './presence.fixture.js';

type Join = ReturnType<typeof request>;

/** Resuming users in rooms that are full or locked, and the maximum of peers per user. */
export const returnRules = (on: Subject): void => {
  const detach = (join: Join) => on.presence.detach(join.room, join.participant.peer, join.connection);
  const peers = async (join: Join) =>
    (await on.other.snapshot(join.room)).members.map(({ peer, state }) => [peer, state]);

  describe('a user who returns as another peer', () => {
    it('replaces their own away peer in a full room, in one change', async () => {
      const [room, user] = [aRoom(), aUser()];
      const [ghost, other] = [request(room, { user, capacity: 2 }), request(room, { capacity: 2 })];
      const { snapshot } = await attach(on.presence, ghost);
      await attach(on.presence, other);
      await detach(ghost);
      const back = request(room, { user, capacity: 2 });
      const result = await attach(on.other, back);
      const member = { ...back.participant, state: 'on', order: 3, node: back.node, connection: back.connection };
      expect(result).toMatchObject({ resumed: false, replaced: undefined });
      expect(result.change).toMatchObject({
        epoch: snapshot.epoch,
        version: 5,
        events: [
          { event: 'left', peer: ghost.participant.peer, reason: 'expired' },
          { event: 'joined', participant: member },
        ],
      });
      expect(new Set(result.change?.nodes)).toEqual(new Set([ghost.node, other.node, back.node]));
      expect(await peers(back)).toEqual([
        [other.participant.peer, 'on'],
        [back.participant.peer, 'on'],
      ]);
      expect(await on.presence.count(room)).toBe(2);
      expect(await on.presence.attach({ ...ghost, attempt: 2 })).toEqual({ kind: 'ended' });
    });

    it('keeps the epoch of a room without other peers', async () => {
      const [room, user] = [aRoom(), aUser()];
      const ghost = request(room, { user, capacity: 1 });
      const { snapshot } = await attach(on.presence, ghost);
      await detach(ghost);
      const result = await attach(on.other, request(room, { user, capacity: 1 }));
      expect(result.snapshot).toMatchObject({ epoch: snapshot.epoch, version: 4 });
      expect(result.snapshot.members).toMatchObject([{ order: 2, user }]);
    });

    it('is admitted to a locked room, also while the old peer is still on; others are not', async () => {
      const [room, user] = [aRoom(), aUser()];
      const returningOnly = true;
      const first = request(room, { user });
      await attach(on.presence, first);
      expect(await on.other.attach(request(room, { returningOnly }))).toEqual({ kind: 'locked' });
      const second = request(room, { user, returningOnly });
      await attach(on.other, second);
      await detach(first);
      const third = request(room, { user, returningOnly });
      await attach(on.presence, third);
      // The room had capacity for both, so no peer was ended.
      expect(await peers(first)).toEqual([
        [first.participant.peer, 'away'],
        [second.participant.peer, 'on'],
        [third.participant.peer, 'on'],
      ]);
    });

    it('is refused in a full room if none of their own peers is away', async () => {
      const [room, user] = [aRoom(), aUser()];
      const [own, other] = [request(room, { user }), request(room)];
      await attach(on.presence, own);
      await attach(on.presence, other);
      await detach(other);
      expect(await on.other.attach(request(room, { user, capacity: 2 }))).toEqual({ kind: 'full' });
      expect(await peers(own)).toEqual([
        [own.participant.peer, 'on'],
        [other.participant.peer, 'away'],
      ]);
    });
  });

  describe('the peers of one user', () => {
    it('are limited, including away ones, independently of other users', async () => {
      const [room, user] = [aRoom(), aUser()];
      const maxPeersPerUser = 2;
      await attach(on.presence, request(room));
      const own = [request(room, { user, maxPeersPerUser }), request(room, { user, maxPeersPerUser })] as const;
      for (const join of own) await attach(on.presence, join);
      expect(await on.other.attach(request(room, { user, maxPeersPerUser }))).toEqual({ kind: 'user_full' });
      await attach(on.other, request(room, { maxPeersPerUser: 1 }));
      expect((await attach(on.other, { ...own[0], attempt: 2 })).resumed).toBe(true);
    });

    it('are replaced starting with the one that has been away longest, whatever their order of joining', async () => {
      const [room, user] = [aRoom(), aUser()];
      const maxPeersPerUser = 3;
      const own = [1, 2, 3].map(() => request(room, { user, maxPeersPerUser })) as [Join, Join, Join];
      for (const join of own) await attach(on.presence, join);
      await detach(own[2]);
      // The store counts whole milliseconds, and both detaches may be within one: then the order of joining decides.
      const since = Date.now();
      while (Date.now() - since < 2) await on.presence.snapshot(room);
      await detach(own[1]);
      const next = request(room, { user, maxPeersPerUser });
      await attach(on.other, next);
      expect(await peers(next)).toEqual([
        [own[0].participant.peer, 'on'],
        [own[1].participant.peer, 'away'],
        [next.participant.peer, 'on'],
      ]);
    });

    it('are distinguished by the whole user id, whatever its characters', async () => {
      const room = aRoom();
      const users = ['u', 'u"', 'u","x', 'u/1', 'ü☃', '__proto__', '["u"'];
      for (const user of users) await attach(on.presence, request(room, { user: user as never, maxPeersPerUser: 1 }));
      for (const user of users) {
        const again = request(room, { user: user as never, maxPeersPerUser: 1 });
        expect(await on.other.attach(again)).toEqual({ kind: 'user_full' });
      }
    });
  });
};
