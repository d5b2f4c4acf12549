import { expect, it } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import type { Change, Presence } from '../../src/presence/presence.js';
import { aConnection, aRoom, attach, request, type Subject } from './presence.fixture.js';

/** Properties of all operations together. */
export const wholeRules = (on: Subject): void => {
  it('separates rooms, whatever characters their ids have', async () => {
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
    for (const room of odd) await attach(on.presence, request(room));
    for (const room of odd) {
      const { members, version } = await on.other.snapshot(room);
      expect([room, members.length, version]).toEqual([room, 1, 1]);
    }
    for (const room of odd) await on.presence.clear(room, 'room_closed');
  });

  it('separates peers, whatever characters their ids have', async () => {
    const room = aRoom();
    for (const peer of ['e', 'v', 'm:', '__proto__', 'constructor', '{}', '☃']) {
      await attach(on.presence, request(room, { peer: peer as never, connection: `${peer}!` as never }));
      expect(await on.presence.detach(room, peer as never, `${peer}!` as never)).toMatchObject({ events: [{ peer }] });
    }
    expect((await on.other.snapshot(room)).members).toHaveLength(7);
  });

  it('assigns consecutive versions, and equal snapshots, to concurrent operations of many nodes', async () => {
    const room = aRoom();
    const nodes = await Promise.all([1, 2, 3, 4].map(() => on.fixture.node()));
    const joins = Array.from({ length: 100 }, () => request(room));
    const changes: (Change | undefined)[] = [];
    await Promise.all(
      joins.map(async (join, i) => {
        const node = nodes[i % nodes.length] as Presence;
        const next = nodes[(i + 1) % nodes.length] as Presence;
        const { peer } = join.participant;
        changes.push((await attach(node, join)).change);
        if (i % 2 === 0) changes.push(await next.detach(room, peer, join.connection));
        if (i % 4 === 0) changes.push((await attach(next, { ...join, connection: aConnection(), attempt: 2 })).change);
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
    const closing = await on.fixture.node();
    expect(closing.available).toBe(true);
    await closing.close();
    expect(closing.available).toBe(false);
    await expect(closing.snapshot(aRoom())).rejects.toMatchObject({ name: 'PresenceUnavailable' });
  });
};
