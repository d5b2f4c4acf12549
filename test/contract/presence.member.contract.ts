import { describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { aConnection, aNode, aPeer, aRoom, attach, request, type Subject } from './presence.fixture.js';

/** Changes of one member. */
export const memberRules = (on: Subject): void => {
  describe('detach', () => {
    it('marks a peer as away once, and only for the connection that holds it', async () => {
      const room = aRoom();
      const join = request(room);
      const { peer } = join.participant;
      const { snapshot } = await attach(on.presence, join);
      expect(await on.other.detach(room, peer, aConnection())).toBeUndefined();
      expect(await on.other.detach(room, aPeer(), join.connection)).toBeUndefined();
      expect(await on.other.detach(room, peer, join.connection)).toEqual({
        room,
        epoch: snapshot.epoch,
        version: 2,
        events: [{ event: 'away', peer }],
        nodes: [join.node],
      });
      expect(await on.presence.detach(room, peer, join.connection)).toBeUndefined();
      expect((await on.presence.snapshot(room)).members).toMatchObject([{ peer, state: 'away' }]);
    });

    it('leaves a peer alone that a newer connection holds', async () => {
      const room = aRoom();
      const old = request(room);
      await attach(on.presence, old);
      await attach(on.other, { ...old, connection: aConnection(), attempt: 2 });
      expect(await on.presence.detach(room, old.participant.peer, old.connection)).toBeUndefined();
      expect((await on.presence.snapshot(room)).members).toMatchObject([{ state: 'on' }]);
    });
  });

  describe('leave', () => {
    it('ends a peer with its reason, and refuses its id afterwards', async () => {
      const room = aRoom();
      const stay = request(room);
      const go = request(room);
      const { peer } = go.participant;
      await attach(on.presence, stay);
      await attach(on.presence, go);
      const change = await on.other.leave(room, peer, 'removed');
      expect(change).toMatchObject({ version: 3, events: [{ event: 'left', peer, reason: 'removed' }] });
      expect(new Set(change?.nodes)).toEqual(new Set([stay.node, go.node]));
      expect(await on.presence.leave(room, peer, 'left')).toBeUndefined();
      expect(await on.presence.attach({ ...go, attempt: 99 })).toEqual({ kind: 'ended' });
      expect((await on.presence.snapshot(room)).members).toHaveLength(1);
    });

    it('leaves a newer attachment alone', async () => {
      const room = aRoom();
      const join = request(room, { attempt: 2 });
      const { peer } = join.participant;
      await attach(on.presence, join);
      expect(await on.presence.leave(room, peer, 'left', 1)).toBeUndefined();
      expect((await on.presence.snapshot(room)).members).toHaveLength(1);
      expect(await on.presence.attach(join)).toMatchObject({ kind: 'attached' });
      expect(await on.presence.leave(room, peer, 'left', 2)).toMatchObject({
        events: [{ event: 'left', reason: 'left' }],
      });
    });

    it('refuses a peer that was ended before it was attached', async () => {
      const room = aRoom();
      const join = request(room);
      expect(await on.presence.leave(room, join.participant.peer, 'removed')).toBeUndefined();
      expect(await on.other.attach(join)).toEqual({ kind: 'ended' });
    });

    it('refuses the id until its tombstone expires', async () => {
      const room = aRoom();
      const join = request(room);
      await attach(on.presence, join);
      await on.presence.leave(room, join.participant.peer, 'left');
      expect(await on.other.attach(join)).toEqual({ kind: 'ended' });
      await until(async () => (await on.other.attach(join)).kind === 'attached');
    });

    it('starts a new epoch after a room was empty', async () => {
      const room = aRoom();
      const join = request(room);
      const { snapshot } = await attach(on.presence, join);
      expect(await on.presence.leave(room, join.participant.peer, 'left')).toMatchObject({
        epoch: snapshot.epoch,
        version: 2,
      });
      expect(await on.presence.snapshot(room)).toEqual({ room, epoch: '', version: 0, members: [] });
      const next = await attach(on.presence, request(room));
      expect(next.snapshot).toMatchObject({ version: 1, members: [{ order: 1 }] });
      expect(next.snapshot.epoch).not.toBe(snapshot.epoch);
    });
  });

  describe('update', () => {
    it('replaces the meta only for the connection that holds the peer', async () => {
      const room = aRoom();
      const join = request(room);
      const { peer } = join.participant;
      await attach(on.presence, join);
      expect(await on.other.update(room, peer, aConnection(), { hand: 'up' })).toBeUndefined();
      expect(await on.other.update(room, peer, join.connection, { hand: 'up', list: [] })).toMatchObject({
        version: 2,
        events: [{ event: 'updated', peer, meta: { hand: 'up', list: [] } }],
        nodes: [join.node],
      });
      expect((await on.presence.snapshot(room)).members).toMatchObject([{ meta: { hand: 'up', list: [] } }]);
      await on.presence.detach(room, peer, join.connection);
      expect(await on.other.update(room, peer, join.connection, {})).toBeUndefined();
    });
  });

  describe('find', () => {
    it('reads one peer, whether it is on or away, and none that left or was never there', async () => {
      const room = aRoom();
      const join = request(room, { meta: { hand: 'up' } });
      const { peer, user } = join.participant;
      expect(await on.other.find(room, peer)).toBeUndefined();
      await attach(on.presence, join);
      const found = { peer, user, state: 'on', node: join.node, connection: join.connection };
      expect(await on.other.find(room, peer)).toMatchObject(found);
      expect(await on.other.find(room, peer)).toEqual((await on.other.snapshot(room)).members[0]);
      expect(await on.other.find(room, 'another' as typeof peer)).toBeUndefined();
      await on.presence.detach(room, peer, join.connection);
      expect(await on.other.find(room, peer)).toMatchObject({ peer, state: 'away' });
      await on.presence.leave(room, peer, 'left');
      expect(await on.other.find(room, peer)).toBeUndefined();
    });
  });

  describe('count', () => {
    it('counts members that are on or away, on any node, and no others', async () => {
      const room = aRoom();
      const count = () => on.other.count(room);
      expect(await count()).toBe(0);
      const joins = [request(room), request(room), request(room)] as const;
      for (const join of joins) await attach(on.presence, join);
      expect(await on.presence.attach(request(room, { capacity: 3 }))).toEqual({ kind: 'full' });
      expect(await count()).toBe(3);
      await attach(on.other, { ...joins[0], node: aNode(), connection: aConnection(), attempt: 2 });
      await on.presence.detach(room, joins[1].participant.peer, joins[1].connection);
      expect(await count()).toBe(3);
      await on.presence.leave(room, joins[2].participant.peer, 'left');
      expect(await count()).toBe(2);
      await on.presence.clear(room, 'room_closed');
      expect(await count()).toBe(0);
    });
  });

  describe('clear', () => {
    it('ends all peers in one change', async () => {
      const room = aRoom();
      const joins = [request(room), request(room), request(room)];
      for (const join of joins) await attach(on.presence, join);
      const change = await on.other.clear(room, 'room_closed');
      expect(change?.events).toEqual(
        joins.map(({ participant: { peer } }) => ({ event: 'left', peer, reason: 'room_closed' })),
      );
      expect(change?.version).toBe(6);
      expect(new Set(change?.nodes)).toEqual(new Set(joins.map(({ node }) => node)));
      for (const join of joins) expect(await on.presence.attach(join)).toEqual({ kind: 'ended' });
      expect(await on.other.clear(room, 'room_closed')).toBeUndefined();
    });
  });
};
