import { describe, expect, it } from '@jest/globals';
import { aConnection, aNode, aRoom, attach, request, type Subject } from './presence.fixture.js';

/** Which peers are attached, and which attempt wins. */
export const attachRules = (on: Subject): void => {
  describe('attach', () => {
    it('attaches a new peer with an epoch, version 1, order 1, its node and its connection', async () => {
      const room = aRoom();
      const join = request(room, { meta: { muted: true, ключ: ['☃', null, 1.5, {}, []] }, name: 'Zoë "/\\ \u0001' });
      const result = await attach(on.presence, join);
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
      expect(await on.other.snapshot(room)).toEqual(result.snapshot);
    });

    it('has no further effect when it is repeated', async () => {
      const room = aRoom();
      const join = request(room);
      const first = await attach(on.presence, join);
      const again = await attach(on.other, join);
      expect(again).toMatchObject({ resumed: true, change: undefined, replaced: undefined });
      expect(again.snapshot).toEqual(first.snapshot);
    });

    it('gives later peers a greater order, and names the nodes of all members', async () => {
      const room = aRoom();
      const one = request(room);
      const two = request(room);
      await attach(on.presence, one);
      const { change, snapshot } = await attach(on.other, two);
      expect(snapshot.members.map(({ peer, order }) => [peer, order])).toEqual([
        [one.participant.peer, 1],
        [two.participant.peer, 2],
      ]);
      expect(change?.version).toBe(2);
      expect(new Set(change?.nodes)).toEqual(new Set([one.node, two.node]));
    });

    it('moves a peer to a higher attempt, and names the replaced attachment', async () => {
      const room = aRoom();
      const old = request(room, { attempt: 1 });
      await attach(on.presence, old);
      const now = request(room, { ...old, ...old.participant, node: aNode(), connection: aConnection(), attempt: 2 });
      const result = await attach(on.other, now);
      const { peer } = old.participant;
      expect(result.replaced).toEqual({ node: old.node, connection: old.connection });
      expect(result.change?.events).toEqual([{ event: 'back', peer, node: now.node, connection: now.connection }]);
      expect(new Set(result.change?.nodes)).toEqual(new Set([old.node, now.node]));
      expect(result.snapshot.members).toMatchObject([{ peer, node: now.node, order: 1 }]);
    });

    it('refuses an older attempt, whenever it arrives', async () => {
      const room = aRoom();
      const held = request(room, { attempt: 5 });
      const before = await attach(on.presence, held);
      const same = { ...held, ...held.participant };
      const late = [
        request(room, { ...same, connection: aConnection(), attempt: 5 }),
        request(room, { ...same, connection: aConnection(), attempt: 4 }),
        request(room, { ...same, attempt: 4 }),
      ];
      for (const what of late) expect(await on.other.attach(what)).toEqual({ kind: 'superseded' });
      expect(await on.presence.snapshot(room)).toEqual(before.snapshot);
    });

    it('compares attempts as numbers beyond 2^31', async () => {
      const room = aRoom();
      const held = request(room, { attempt: 9_007_199_254_740_990 });
      await attach(on.presence, held);
      const next = { ...held, connection: aConnection() };
      expect(await on.other.attach({ ...next, attempt: 9_007_199_254_740_990 })).toEqual({ kind: 'superseded' });
      expect(await on.other.attach({ ...next, attempt: 9_007_199_254_740_991 })).toMatchObject({ kind: 'attached' });
    });

    it('attaches the same connection again under a new node id', async () => {
      const room = aRoom();
      const old = request(room);
      await attach(on.presence, old);
      const node = aNode();
      const result = await attach(on.presence, { ...old, node });
      expect(result.replaced).toBeUndefined();
      expect(result.change?.events).toMatchObject([{ event: 'back', node, connection: old.connection }]);
    });

    it('keeps the stored meta when a node reattaches a peer, and replaces it when the client sends one', async () => {
      const room = aRoom();
      const join = request(room, { meta: { hand: 'up' } });
      await attach(on.presence, join);
      const stale = { ...join, participant: { ...join.participant, meta: {} } };
      const stored = await attach(on.other, { ...stale, replaceMeta: false });
      expect(stored.change).toBeUndefined();
      expect(stored.snapshot.members).toMatchObject([{ meta: { hand: 'up' } }]);
      const replaced = await attach(on.other, { ...stale, replaceMeta: true });
      expect(replaced.change?.events).toEqual([{ event: 'updated', peer: join.participant.peer, meta: {} }]);
      expect(replaced.change?.version).toBe(2);
    });

    it('counts one version for each event when a peer comes back with another name', async () => {
      const room = aRoom();
      const join = request(room, { name: 'Ada' });
      await attach(on.presence, join);
      await on.presence.detach(room, join.participant.peer, join.connection);
      const back = request(room, { ...join, ...join.participant, name: 'Ada L.', role: 'moderator', attempt: 2 });
      const result = await attach(on.presence, back);
      expect(result.change?.events.map(({ event }) => event)).toEqual(['back', 'updated', 'permitted']);
      expect(result.change?.events[1]).toEqual({
        event: 'updated',
        peer: join.participant.peer,
        meta: {},
        name: 'Ada L.',
      });
      expect(result.change?.version).toBe(5);
      expect(result.snapshot.members).toMatchObject([{ name: 'Ada L.', role: 'moderator', state: 'on', order: 1 }]);
    });

    it('refuses a new peer in a full room, and never one that resumes', async () => {
      const room = aRoom();
      const join = request(room, { capacity: 1 });
      await attach(on.presence, join);
      expect(await on.other.attach(request(room, { capacity: 1 }))).toEqual({ kind: 'full' });
      await on.presence.detach(room, join.participant.peer, join.connection);
      expect(await on.other.attach(request(room, { capacity: 1 }))).toEqual({ kind: 'full' });
      const back = await attach(on.other, { ...join, connection: aConnection(), attempt: 2, capacity: 0 });
      expect(back.resumed).toBe(true);
      expect((await on.presence.snapshot(room)).members).toHaveLength(1);
    });

    it('copies its arguments', async () => {
      const room = aRoom();
      const meta = { hand: 'down' };
      await attach(on.presence, request(room, { meta }));
      meta.hand = 'up';
      expect((await on.other.snapshot(room)).members).toMatchObject([{ meta: { hand: 'down' } }]);
    });
  });
};
