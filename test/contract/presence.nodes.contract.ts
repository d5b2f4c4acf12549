import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../src/presence/presence.js';
import { until } from '../support/until.js';
import { aConnection, aNode, aRoom, attach, eventsOf, heldOf, request, type Subject } from './presence.fixture.js';

type Join = ReturnType<typeof request>;

/** Members whose node fails or forgets them. */
export const nodeRules = (on: Subject): void => {
  describe('reconcile', () => {
    it('marks peers as away whose live node has stopped reconciling the room', async () => {
      const room = aRoom();
      const forgotten = request(room);
      const alive = request(room);
      const changes: Parameters<typeof eventsOf>[0][number][] = [];
      for (const join of [forgotten, alive]) await attach(on.presence, join);
      await until(async () => {
        await on.presence.renew(forgotten.node);
        await on.presence.renew(alive.node);
        changes.push((await on.presence.reconcile(room, alive.node, [heldOf(alive)])).change);
        changes.push(...(await on.other.sweep()));
        return eventsOf(changes, room).length === 2;
      });
      expect(eventsOf(changes, room)).toEqual([
        { event: 'away', peer: forgotten.participant.peer },
        { event: 'left', peer: forgotten.participant.peer, reason: 'expired' },
      ]);
    });

    it('changes nothing in a room that is correct', async () => {
      const room = aRoom();
      const join = request(room);
      const { snapshot } = await attach(on.presence, join);
      const held = [{ peer: join.participant.peer, connection: join.connection, attempt: 1 }];
      const { epoch, version } = snapshot;
      expect(await on.presence.reconcile(room, join.node, held)).toEqual({
        epoch,
        version,
        lost: [],
        change: undefined,
      });
    });

    it('marks a peer as away that its node does not hold, after the grace period', async () => {
      const room = aRoom();
      const lost = request(room);
      const elsewhere = request(room);
      await attach(on.presence, lost);
      await attach(on.presence, elsewhere);
      const first = await on.presence.reconcile(room, lost.node, []);
      expect(first).toMatchObject({ version: 2, change: undefined });
      const { change } = await until(async () => {
        await on.other.reconcile(room, elsewhere.node, [heldOf(elsewhere)]);
        const result = await on.presence.reconcile(room, lost.node, []);
        return result.change && result;
      });
      expect(change?.events).toEqual([{ event: 'away', peer: lost.participant.peer }]);
      expect(new Set(change?.nodes)).toEqual(new Set([lost.node, elsewhere.node]));
    });

    it('ends a peer that was away beyond the resume window', async () => {
      const room = aRoom();
      const stay = request(room);
      const go = request(room);
      await attach(on.presence, stay);
      await attach(on.presence, go);
      await on.presence.detach(room, go.participant.peer, go.connection);
      const { change } = await until(async () => {
        const result = await on.presence.reconcile(room, stay.node, [heldOf(stay)]);
        return result.change && result;
      });
      expect(change?.events).toEqual([{ event: 'left', peer: go.participant.peer, reason: 'expired' }]);
      expect(await on.presence.attach({ ...go, attempt: 2 })).toEqual({ kind: 'ended' });
    });

    it('names held attachments that differ from the stored ones: gone, away, moved, or of a lower attempt', async () => {
      const room = aRoom();
      const node = aNode();
      const stored = request(room, { node });
      const away = request(room, { node });
      const moved = request(room, { node });
      const lower = request(room, { node });
      const never = request(room, { node });
      for (const join of [stored, away, moved, lower]) await attach(on.presence, join);
      await on.presence.detach(room, away.participant.peer, away.connection);
      await attach(on.other, { ...moved, node: aNode(), connection: aConnection(), attempt: 2 });
      const held = [stored, away, moved, never].map(heldOf);
      const { lost } = await on.presence.reconcile(room, node, [...held, { ...heldOf(lower), attempt: 2 }]);
      expect(new Set(lost)).toEqual(new Set([away, moved, never, lower].map(({ participant }) => participant.peer)));
    });

    it('finds each new fault in a room that was correct before', async () => {
      const room = aRoom();
      const node = aNode();
      const [gone, away, moved, again] = [1, 2, 3, 4].map(() => request(room, { node })) as [Join, Join, Join, Join];
      const all = [gone, away, moved, again];
      for (const join of all) await attach(on.presence, join);
      const lostOf = async (held = all.map(heldOf)) => (await on.presence.reconcile(room, node, held)).lost;
      const lostAfter = async (change: () => Promise<unknown>, held?: ReturnType<typeof heldOf>[]) => {
        expect(await lostOf()).toEqual(lost);
        expect(await lostOf()).toEqual(lost);
        await change();
        return lostOf(held);
      };
      let lost: readonly string[] = [];
      const next = { ...heldOf(again), attempt: 2 };
      expect(await lostAfter(async () => {}, [...all.slice(0, 3).map(heldOf), next])).toEqual([next.peer]);
      expect(await lostAfter(() => attach(on.other, { ...again, attempt: 2 }))).toEqual([next.peer]);
      await on.presence.leave(room, next.peer, 'left');
      all.pop();
      lost = await lostAfter(() => on.other.detach(room, away.participant.peer, away.connection));
      expect(lost).toEqual([away.participant.peer]);
      await attach(on.presence, away);
      lost = [];
      const elsewhere = { ...moved, node: aNode(), connection: aConnection(), attempt: 2 };
      expect(await lostAfter(() => attach(on.other, elsewhere))).toEqual([moved.participant.peer]);
      await on.presence.leave(room, moved.participant.peer, 'left');
      all.pop();
      lost = await lostAfter(() => on.other.leave(room, gone.participant.peer, 'left'));
      expect(lost).toEqual([gone.participant.peer]);
    });

    it('returns an empty epoch for a room that does not exist', async () => {
      const room = aRoom();
      const join = request(room);
      const result = await on.presence.reconcile(room, join.node, [heldOf(join)]);
      expect(result).toEqual({ epoch: '', version: 0, lost: [join.participant.peer], change: undefined });
    });
  });

  describe('nodes', () => {
    it('lists the nodes with a lease', async () => {
      const node = aNode();
      expect(await on.presence.nodes()).not.toContain(node);
      expect(await on.presence.renew(node)).toBe('alive');
      expect(await on.other.nodes()).toContain(node);
    });

    it('marks the peers of a node whose lease expired as away, then ends them, and refuses its id', async () => {
      const room = aRoom();
      const node = aNode();
      const alive = request(room);
      const [one, two] = [request(room, { node }), request(room, { node })];
      await on.presence.renew(node);
      await on.other.renew(alive.node);
      for (const join of [alive, one, two]) await attach(on.presence, join);
      const changes: Change[] = [];
      const seen = await until(async () => {
        await on.other.renew(alive.node);
        const { change } = await on.other.reconcile(room, alive.node, [heldOf(alive)]);
        if (change !== undefined) changes.push(change);
        changes.push(...(await on.other.sweep()));
        const events = eventsOf(changes, room);
        return events.length === 4 && events;
      });
      const peers = [one.participant.peer, two.participant.peer];
      expect(seen).toEqual([
        ...peers.map((peer) => ({ event: 'away', peer })),
        ...peers.map((peer) => ({ event: 'left', peer, reason: 'expired' })),
      ]);
      expect(await on.presence.renew(node)).toBe('dead');
      expect(await on.presence.nodes()).not.toContain(node);
      expect(await on.presence.snapshot(room)).toMatchObject({
        version: 7,
        members: [{ peer: alive.participant.peer }],
      });
    });

    it('ends the peers of a room that no live node serves', async () => {
      const room = aRoom();
      const join = request(room);
      await on.presence.renew(join.node);
      await attach(on.presence, join);
      const changes: Change[] = [];
      await until(async () => {
        changes.push(...(await on.other.sweep()));
        return eventsOf(changes, room).length === 2;
      });
      expect(eventsOf(changes, room).map(({ event }) => event)).toEqual(['away', 'left']);
      expect(await on.other.snapshot(room)).toMatchObject({ epoch: '', members: [] });
    });

    it('marks the peers of a retired node as away at once', async () => {
      const rooms = [aRoom(), aRoom(), aRoom()];
      const node = aNode();
      await on.presence.renew(node);
      const joins = rooms.map((room) => request(room, { node }));
      for (const join of joins) await attach(on.presence, join);
      const changes = await on.presence.retire(node);
      for (const { room, participant } of joins) {
        expect(eventsOf(changes, room)).toEqual([{ event: 'away', peer: participant.peer }]);
      }
      expect(await on.other.renew(node)).toBe('dead');
      expect(await on.other.nodes()).not.toContain(node);
    });

    it('resumes a peer of a dead node on a live one', async () => {
      const room = aRoom();
      const join = request(room);
      await on.presence.renew(join.node);
      await attach(on.presence, join);
      await on.presence.retire(join.node);
      const node = aNode();
      await on.other.renew(node);
      const back = await attach(on.other, { ...join, node, connection: aConnection(), attempt: 2 });
      expect(back.change?.events).toMatchObject([{ event: 'back', node }]);
      expect(back.replaced).toEqual({ node: join.node, connection: join.connection });
    });
  });
};
