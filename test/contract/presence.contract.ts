import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import type { Change, Presence } from '../../src/presence/presence.js';
import { until } from '../support/until.js';
import {
  aConnection,
  aNode,
  aPeer,
  aRoom,
  attach,
  eventsOf,
  type PresenceFixture,
  request,
} from './presence.fixture.js';

/** What every adapter of {@link Presence} must do. */
export const presenceContract = (title: string, start: () => Promise<PresenceFixture>): void => {
  describe(`presence: ${title}`, () => {
    let fixture: PresenceFixture;
    let presence: Presence;
    let other: Presence;

    beforeAll(async () => {
      fixture = await start();
      presence = await fixture.node();
      other = await fixture.node();
    }, 60_000);

    afterAll(async () => {
      await fixture.stop();
    }, 60_000);

    describe('attach', () => {
      it('lets a new peer in with an epoch, version 1, order 1 and where it is', async () => {
        const room = aRoom();
        const join = request(room, { meta: { muted: true, ключ: ['☃', null, 1.5, {}, []] }, name: 'Zoë "/\\ \u0001' });
        const result = await attach(presence, join);
        const member = { ...join.participant, state: 'on', order: 1, node: join.node, connection: join.connection };
        expect(result).toMatchObject({ resumed: false, replaced: undefined });
        expect(result.snapshot).toEqual({
          room,
          epoch: expect.stringMatching(/^.{8,}$/),
          version: 1,
          members: [member],
        });
        expect(result.change).toEqual({
          room,
          epoch: result.snapshot.epoch,
          version: 1,
          events: [{ event: 'joined', participant: member }],
          nodes: [join.node],
        });
        expect(await other.snapshot(room)).toEqual(result.snapshot);
      });

      it('changes nothing when it is repeated', async () => {
        const room = aRoom();
        const join = request(room);
        const first = await attach(presence, join);
        const again = await attach(other, join);
        expect(again).toMatchObject({ resumed: true, change: undefined, replaced: undefined });
        expect(again.snapshot).toEqual(first.snapshot);
      });

      it('gives later peers a greater order, and tells the nodes of all members', async () => {
        const room = aRoom();
        const one = request(room);
        const two = request(room);
        await attach(presence, one);
        const { change, snapshot } = await attach(other, two);
        expect(snapshot.members.map(({ peer, order }) => [peer, order])).toEqual([
          [one.participant.peer, 1],
          [two.participant.peer, 2],
        ]);
        expect(change?.version).toBe(2);
        expect(new Set(change?.nodes)).toEqual(new Set([one.node, two.node]));
      });

      it('moves a peer to a higher attempt, and names the attachment that it replaced', async () => {
        const room = aRoom();
        const old = request(room, { attempt: 1 });
        await attach(presence, old);
        const now = request(room, { ...old, ...old.participant, node: aNode(), connection: aConnection(), attempt: 2 });
        const result = await attach(other, now);
        const { peer } = old.participant;
        expect(result.replaced).toEqual({ node: old.node, connection: old.connection });
        expect(result.change?.events).toEqual([{ event: 'back', peer, node: now.node, connection: now.connection }]);
        expect(new Set(result.change?.nodes)).toEqual(new Set([old.node, now.node]));
        expect(result.snapshot.members).toMatchObject([{ peer, node: now.node, order: 1 }]);
      });

      it('refuses whatever is older than what it holds, whenever it arrives', async () => {
        const room = aRoom();
        const held = request(room, { attempt: 5 });
        const before = await attach(presence, held);
        const same = { ...held, ...held.participant };
        const late = [
          request(room, { ...same, connection: aConnection(), attempt: 5 }),
          request(room, { ...same, connection: aConnection(), attempt: 4 }),
          request(room, { ...same, attempt: 4 }),
        ];
        for (const what of late) expect(await other.attach(what)).toEqual({ kind: 'superseded' });
        expect(await presence.snapshot(room)).toEqual(before.snapshot);
      });

      it('compares attempts as numbers beyond 2^31', async () => {
        const room = aRoom();
        const held = request(room, { attempt: 9_007_199_254_740_990 });
        await attach(presence, held);
        const next = { ...held, connection: aConnection() };
        expect(await other.attach({ ...next, attempt: 9_007_199_254_740_990 })).toEqual({ kind: 'superseded' });
        expect(await other.attach({ ...next, attempt: 9_007_199_254_740_991 })).toMatchObject({ kind: 'attached' });
      });

      it('takes the same connection again under a new node id', async () => {
        const room = aRoom();
        const old = request(room);
        await attach(presence, old);
        const node = aNode();
        const result = await attach(presence, { ...old, node });
        expect(result.replaced).toBeUndefined();
        expect(result.change?.events).toMatchObject([{ event: 'back', node, connection: old.connection }]);
      });

      it('keeps the stored meta when a node puts back what it holds, and takes the new one from the client', async () => {
        const room = aRoom();
        const join = request(room, { meta: { hand: 'up' } });
        await attach(presence, join);
        const stale = { ...join, participant: { ...join.participant, meta: {} } };
        const kept = await attach(other, { ...stale, replaceMeta: false });
        expect(kept.change).toBeUndefined();
        expect(kept.snapshot.members).toMatchObject([{ meta: { hand: 'up' } }]);
        const replaced = await attach(other, { ...stale, replaceMeta: true });
        expect(replaced.change?.events).toEqual([{ event: 'updated', peer: join.participant.peer, meta: {} }]);
        expect(replaced.change?.version).toBe(2);
      });

      it('counts one version for each event when a peer comes back with another name', async () => {
        const room = aRoom();
        const join = request(room, { name: 'Ada' });
        await attach(presence, join);
        await presence.detach(room, join.participant.peer, join.connection);
        const back = request(room, { ...join, ...join.participant, name: 'Ada L.', role: 'moderator', attempt: 2 });
        const result = await attach(presence, back);
        expect(result.change?.events.map(({ event }) => event)).toEqual(['back', 'updated']);
        expect(result.change?.version).toBe(4);
        expect(result.snapshot.members).toMatchObject([{ name: 'Ada L.', role: 'moderator', state: 'on', order: 1 }]);
      });

      it('refuses a new peer in a full room, and never one that returns', async () => {
        const room = aRoom();
        const join = request(room, { capacity: 1 });
        await attach(presence, join);
        expect(await other.attach(request(room, { capacity: 1 }))).toEqual({ kind: 'full' });
        await presence.detach(room, join.participant.peer, join.connection);
        expect(await other.attach(request(room, { capacity: 1 }))).toEqual({ kind: 'full' });
        const back = await attach(other, { ...join, connection: aConnection(), attempt: 2, capacity: 0 });
        expect(back.resumed).toBe(true);
        expect((await presence.snapshot(room)).members).toHaveLength(1);
      });

      it('keeps what it was given, not what the caller makes of it later', async () => {
        const room = aRoom();
        const meta = { hand: 'down' };
        await attach(presence, request(room, { meta }));
        meta.hand = 'up';
        expect((await other.snapshot(room)).members).toMatchObject([{ meta: { hand: 'down' } }]);
      });
    });

    describe('detach', () => {
      it('makes a peer away, once, and only by the connection that holds it', async () => {
        const room = aRoom();
        const join = request(room);
        const { peer } = join.participant;
        const { snapshot } = await attach(presence, join);
        expect(await other.detach(room, peer, aConnection())).toBeUndefined();
        expect(await other.detach(room, aPeer(), join.connection)).toBeUndefined();
        expect(await other.detach(room, peer, join.connection)).toEqual({
          room,
          epoch: snapshot.epoch,
          version: 2,
          events: [{ event: 'away', peer }],
          nodes: [join.node],
        });
        expect(await presence.detach(room, peer, join.connection)).toBeUndefined();
        expect((await presence.snapshot(room)).members).toMatchObject([{ peer, state: 'away' }]);
      });

      it('does not touch a peer that a newer connection took over', async () => {
        const room = aRoom();
        const old = request(room);
        await attach(presence, old);
        await attach(other, { ...old, connection: aConnection(), attempt: 2 });
        expect(await presence.detach(room, old.participant.peer, old.connection)).toBeUndefined();
        expect((await presence.snapshot(room)).members).toMatchObject([{ state: 'on' }]);
      });
    });

    describe('leave', () => {
      it('ends a peer with its reason, and its id cannot come back', async () => {
        const room = aRoom();
        const stay = request(room);
        const go = request(room);
        const { peer } = go.participant;
        await attach(presence, stay);
        await attach(presence, go);
        const change = await other.leave(room, peer, 'removed');
        expect(change).toMatchObject({ version: 3, events: [{ event: 'left', peer, reason: 'removed' }] });
        expect(new Set(change?.nodes)).toEqual(new Set([stay.node, go.node]));
        expect(await presence.leave(room, peer, 'left')).toBeUndefined();
        expect(await presence.attach({ ...go, attempt: 99 })).toEqual({ kind: 'ended' });
        expect((await presence.snapshot(room)).members).toHaveLength(1);
      });

      it('leaves a newer attachment alone', async () => {
        const room = aRoom();
        const join = request(room, { attempt: 2 });
        const { peer } = join.participant;
        await attach(presence, join);
        expect(await presence.leave(room, peer, 'left', 1)).toBeUndefined();
        expect((await presence.snapshot(room)).members).toHaveLength(1);
        expect(await presence.attach(join)).toMatchObject({ kind: 'attached' });
        expect(await presence.leave(room, peer, 'left', 2)).toMatchObject({
          events: [{ event: 'left', reason: 'left' }],
        });
      });

      it('keeps out a peer that was ended before it arrived', async () => {
        const room = aRoom();
        const join = request(room);
        expect(await presence.leave(room, join.participant.peer, 'removed')).toBeUndefined();
        expect(await other.attach(join)).toEqual({ kind: 'ended' });
      });

      it('is remembered for as long as a tombstone lasts, and no longer', async () => {
        const room = aRoom();
        const join = request(room);
        await attach(presence, join);
        await presence.leave(room, join.participant.peer, 'left');
        expect(await other.attach(join)).toEqual({ kind: 'ended' });
        await until(async () => (await other.attach(join)).kind === 'attached');
      });

      it('forgets an empty room: the next peer makes a new epoch', async () => {
        const room = aRoom();
        const join = request(room);
        const { snapshot } = await attach(presence, join);
        expect(await presence.leave(room, join.participant.peer, 'left')).toMatchObject({
          epoch: snapshot.epoch,
          version: 2,
        });
        expect(await presence.snapshot(room)).toEqual({ room, epoch: '', version: 0, members: [] });
        const next = await attach(presence, request(room));
        expect(next.snapshot).toMatchObject({ version: 1, members: [{ order: 1 }] });
        expect(next.snapshot.epoch).not.toBe(snapshot.epoch);
      });
    });

    describe('update', () => {
      it('replaces the meta by the connection that holds the peer, and by no other', async () => {
        const room = aRoom();
        const join = request(room);
        const { peer } = join.participant;
        await attach(presence, join);
        expect(await other.update(room, peer, aConnection(), { hand: 'up' })).toBeUndefined();
        expect(await other.update(room, peer, join.connection, { hand: 'up', list: [] })).toMatchObject({
          version: 2,
          events: [{ event: 'updated', peer, meta: { hand: 'up', list: [] } }],
          nodes: [join.node],
        });
        expect((await presence.snapshot(room)).members).toMatchObject([{ meta: { hand: 'up', list: [] } }]);
        await presence.detach(room, peer, join.connection);
        expect(await other.update(room, peer, join.connection, {})).toBeUndefined();
      });
    });

    describe('clear', () => {
      it('ends everybody in one change', async () => {
        const room = aRoom();
        const joins = [request(room), request(room), request(room)];
        for (const join of joins) await attach(presence, join);
        const change = await other.clear(room, 'room_closed');
        expect(change?.events).toEqual(
          joins.map(({ participant: { peer } }) => ({ event: 'left', peer, reason: 'room_closed' })),
        );
        expect(change?.version).toBe(6);
        expect(new Set(change?.nodes)).toEqual(new Set(joins.map(({ node }) => node)));
        for (const join of joins) expect(await presence.attach(join)).toEqual({ kind: 'ended' });
        expect(await other.clear(room, 'room_closed')).toBeUndefined();
      });
    });

    describe('reconcile', () => {
      it('finds nothing where everything is as it should be', async () => {
        const room = aRoom();
        const join = request(room);
        const { snapshot } = await attach(presence, join);
        const held = [{ peer: join.participant.peer, connection: join.connection, attempt: 1 }];
        const { epoch, version } = snapshot;
        expect(await presence.reconcile(room, join.node, held)).toEqual({
          epoch,
          version,
          lost: [],
          change: undefined,
        });
      });

      it('puts away, after the grace, what its node does not hold', async () => {
        const room = aRoom();
        const lost = request(room);
        const elsewhere = request(room);
        await attach(presence, lost);
        await attach(presence, elsewhere);
        const first = await presence.reconcile(room, lost.node, []);
        expect(first).toMatchObject({ version: 2, change: undefined });
        const { change } = await until(async () => {
          await other.reconcile(room, elsewhere.node, [heldOf(elsewhere)]);
          const result = await presence.reconcile(room, lost.node, []);
          return result.change && result;
        });
        expect(change?.events).toEqual([{ event: 'away', peer: lost.participant.peer }]);
        expect(new Set(change?.nodes)).toEqual(new Set([lost.node, elsewhere.node]));
      });

      it('ends what was away for longer than the resume window', async () => {
        const room = aRoom();
        const stay = request(room);
        const go = request(room);
        await attach(presence, stay);
        await attach(presence, go);
        await presence.detach(room, go.participant.peer, go.connection);
        const { change } = await until(async () => {
          const result = await presence.reconcile(room, stay.node, [heldOf(stay)]);
          return result.change && result;
        });
        expect(change?.events).toEqual([{ event: 'left', peer: go.participant.peer, reason: 'expired' }]);
        expect(await presence.attach({ ...go, attempt: 2 })).toEqual({ kind: 'ended' });
      });

      it('names what is held and not stored so: gone, away, moved, or under a lower attempt', async () => {
        const room = aRoom();
        const node = aNode();
        const kept = request(room, { node });
        const away = request(room, { node });
        const moved = request(room, { node });
        const lower = request(room, { node });
        const never = request(room, { node });
        for (const join of [kept, away, moved, lower]) await attach(presence, join);
        await presence.detach(room, away.participant.peer, away.connection);
        await attach(other, { ...moved, node: aNode(), connection: aConnection(), attempt: 2 });
        const held = [kept, away, moved, never].map(heldOf);
        const { lost } = await presence.reconcile(room, node, [...held, { ...heldOf(lower), attempt: 2 }]);
        expect(new Set(lost)).toEqual(new Set([away, moved, never, lower].map(({ participant }) => participant.peer)));
      });

      it('answers an empty epoch for a room that is not there', async () => {
        const room = aRoom();
        const join = request(room);
        const result = await presence.reconcile(room, join.node, [heldOf(join)]);
        expect(result).toEqual({ epoch: '', version: 0, lost: [join.participant.peer], change: undefined });
      });
    });

    describe('nodes', () => {
      it('lists the nodes with a lease', async () => {
        const node = aNode();
        expect(await presence.nodes()).not.toContain(node);
        expect(await presence.renew(node)).toBe('alive');
        expect(await other.nodes()).toContain(node);
      });

      it('lets go of a node whose lease ended: its peers are away, then gone, and its id never comes back', async () => {
        const room = aRoom();
        const node = aNode();
        const living = request(room);
        const [one, two] = [request(room, { node }), request(room, { node })];
        await presence.renew(node);
        await other.renew(living.node);
        for (const join of [living, one, two]) await attach(presence, join);
        const changes: Change[] = [];
        const seen = await until(async () => {
          await other.renew(living.node);
          await other
            .reconcile(room, living.node, [heldOf(living)])
            .then(({ change }) => change && changes.push(change));
          changes.push(...(await other.sweep()));
          const events = eventsOf(changes, room);
          return events.length === 4 && events;
        });
        const peers = [one.participant.peer, two.participant.peer];
        expect(seen).toEqual([
          ...peers.map((peer) => ({ event: 'away', peer })),
          ...peers.map((peer) => ({ event: 'left', peer, reason: 'expired' })),
        ]);
        expect(await presence.renew(node)).toBe('dead');
        expect(await presence.nodes()).not.toContain(node);
        expect(await presence.snapshot(room)).toMatchObject({
          version: 7,
          members: [{ peer: living.participant.peer }],
        });
      });

      it('ends the peers of a room that no living node serves', async () => {
        const room = aRoom();
        const join = request(room);
        await presence.renew(join.node);
        await attach(presence, join);
        const changes: Change[] = [];
        await until(async () => {
          changes.push(...(await other.sweep()));
          return eventsOf(changes, room).length === 2;
        });
        expect(eventsOf(changes, room).map(({ event }) => event)).toEqual(['away', 'left']);
        expect(await other.snapshot(room)).toMatchObject({ epoch: '', members: [] });
      });

      it('puts the peers of a retired node away at once', async () => {
        const rooms = [aRoom(), aRoom(), aRoom()];
        const node = aNode();
        await presence.renew(node);
        const joins = rooms.map((room) => request(room, { node }));
        for (const join of joins) await attach(presence, join);
        const changes = await presence.retire(node);
        for (const { room, participant } of joins) {
          expect(eventsOf(changes, room)).toEqual([{ event: 'away', peer: participant.peer }]);
        }
        expect(await other.renew(node)).toBe('dead');
        expect(await other.nodes()).not.toContain(node);
      });

      it('lets a peer come back from a dead node, on a living one', async () => {
        const room = aRoom();
        const join = request(room);
        await presence.renew(join.node);
        await attach(presence, join);
        await presence.retire(join.node);
        const node = aNode();
        await other.renew(node);
        const back = await attach(other, { ...join, node, connection: aConnection(), attempt: 2 });
        expect(back.change?.events).toMatchObject([{ event: 'back', node }]);
        expect(back.replaced).toEqual({ node: join.node, connection: join.connection });
      });
    });

    it('keeps rooms apart, whatever their ids are made of', async () => {
      const odd = [
        '}x',
        '{}',
        'a}b{c',
        '{nodes}',
        'nodes',
        ':',
        '*',
        'e',
        '__proto__',
        'ü☃',
        '~fQ',
        ' \n',
        "'];--",
      ] as RoomId[];
      for (const room of odd) await attach(presence, request(room));
      for (const room of odd) {
        const { members, version } = await other.snapshot(room);
        expect([room, members.length, version]).toEqual([room, 1, 1]);
      }
      for (const room of odd) await presence.clear(room, 'room_closed');
    });

    it('keeps peers apart, whatever their ids are made of', async () => {
      const room = aRoom();
      for (const peer of ['e', 'v', 'm:', '__proto__', 'constructor', '{}', '☃']) {
        await attach(presence, request(room, { peer: peer as never, connection: `${peer}!` as never }));
        expect(await presence.detach(room, peer as never, `${peer}!` as never)).toMatchObject({ events: [{ peer }] });
      }
      expect((await other.snapshot(room)).members).toHaveLength(7);
    });

    it('makes versions without holes, and equal snapshots, out of whatever many nodes do at once', async () => {
      const room = aRoom();
      const nodes = await Promise.all([1, 2, 3, 4].map(() => fixture.node()));
      const joins = Array.from({ length: 100 }, () => request(room));
      const changes: (Change | undefined)[] = [];
      await Promise.all(
        joins.map(async (join, i) => {
          const node = nodes[i % nodes.length] as Presence;
          const next = nodes[(i + 1) % nodes.length] as Presence;
          const { peer } = join.participant;
          changes.push((await attach(node, join)).change);
          if (i % 2 === 0) changes.push(await next.detach(room, peer, join.connection));
          if (i % 4 === 0)
            changes.push((await attach(next, { ...join, connection: aConnection(), attempt: 2 })).change);
          if (i % 5 === 0) changes.push(await node.leave(room, peer, 'left'));
          if (i % 3 === 0) changes.push(await next.update(room, peer, join.connection, { i }));
        }),
      );
      const made = changes.filter((change) => change !== undefined).sort((a, b) => a.version - b.version);
      expect(made.map(({ version }) => version)).toEqual(made.map((_, i) => i + 1));
      expect(new Set(made.map(({ epoch }) => epoch)).size).toBe(1);
      const snapshots = await Promise.all(nodes.map((node) => node.snapshot(room)));
      for (const snapshot of snapshots) expect(snapshot).toEqual(snapshots[0]);
      expect(snapshots[0]).toMatchObject({ version: made.length });
      expect(snapshots[0]?.members).toHaveLength(80);
      const orders = snapshots[0]?.members.map(({ order }) => order);
      expect(new Set(orders).size).toBe(80);
    });

    it('refuses everything once it is closed', async () => {
      const closing = await fixture.node();
      expect(closing.available).toBe(true);
      await closing.close();
      expect(closing.available).toBe(false);
      await expect(closing.snapshot(aRoom())).rejects.toMatchObject({ name: 'PresenceUnavailable' });
    });
  });
};

const heldOf = ({ participant: { peer }, connection, attempt }: ReturnType<typeof request>) => ({
  peer,
  connection,
  attempt,
});
