import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { PeerId, RoomId } from '@parley/protocol';
import type { Presence } from '../../src/presence/presence.js';
import { RedisPresence } from '../../src/presence/redis/presence.redis.js';
import { MAX_TOGETHER } from '../../src/presence/redis/room-command-batch.js';
import { MAX_TOMBSTONES } from '../../src/presence/tombstones.js';
import type { RedisClient } from '../../src/redis/redis-client.js';
import { ask, startRedis, startRedisCluster, startRedisSentinel, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { aConnection, aNode, aRoom, attach, heldOf, request, TIMERS } from './presence.fixture.js';
import { Links, PREFIX } from './redis.fixture.js';

/** Tests of a store that fails. */
const faults = (title: string, start: () => Promise<TestRedis>): void => {
  describe(`presence through faults: ${title}`, () => {
    let links: Links;
    let link: RedisClient;
    let presence: Presence;
    let other: Presence;

    beforeAll(async () => {
      links = new Links(await start());
      link = await links.open();
      presence = new RedisPresence(link, TIMERS);
      other = new RedisPresence(await links.open(), TIMERS);
    }, 60_000);

    beforeEach(async () => {
      await until(() => isAnswered(presence));
    });

    afterAll(async () => {
      await links.stop();
    }, 60_000);

    it('continues when the server has lost its scripts', async () => {
      const room = aRoom();
      const join = request(room);
      await attach(presence, join);
      await links.redis.command('script', 'flush');
      expect(await presence.detach(room, join.participant.peer, join.connection)).toBeDefined();
      await links.redis.command('script', 'flush');
      expect((await attach(presence, { ...join, attempt: 2 })).resumed).toBe(true);
    });

    it('starts a new epoch when the data was lost, and names the peers to attach again', async () => {
      const room = aRoom();
      const join = request(room);
      const { snapshot } = await attach(presence, join);
      await links.redis.command('flushall');
      const seen = await other.reconcile(room, join.node, [heldOf(join)]);
      expect(seen).toMatchObject({ epoch: '', version: 0, lost: [join.participant.peer] });
      const again = await attach(presence, { ...join, replaceMeta: false });
      expect(again).toMatchObject({ resumed: false, snapshot: { version: 1 } });
      expect(again.snapshot.epoch).not.toBe(snapshot.epoch);
    });

    it('writes the index once per node and turn, with a limit on its size', async () => {
      const node = aNode();
      const commandsOf = async (rooms: readonly RoomId[], ask: (room: RoomId) => Promise<unknown>) => {
        const before = link.commands.stats.commands;
        await Promise.all(rooms.map(ask));
        return link.commands.stats.commands - before;
      };
      const rooms = Array.from({ length: MAX_TOGETHER + 44 }, () => aRoom());
      expect(await commandsOf(rooms, (room) => presence.attach(request(room, { node })))).toBe(rooms.length + 2);
      expect(await commandsOf(rooms.slice(0, 16), (room) => presence.reconcile(room, node, []))).toBe(16 + 1);
      for (const room of rooms) expect(await presence.count(room)).toBe(1);
      // Each room is in the index, so the end of the node is noticed in each.
      expect(await presence.retire(node)).toHaveLength(rooms.length);
    });

    it('executes the commands of one turn in order', async () => {
      const room = aRoom();
      const join = request(room);
      const { peer } = join.participant;
      // A new connection, which assumes no loaded scripts: resending one that the server has lost would change the
      // order.
      const node = new RedisPresence(await links.open(), TIMERS);
      const results = await Promise.all([
        node.attach(join),
        node.detach(room, peer, join.connection),
        node.attach({ ...join, connection: aConnection(), attempt: 2 }),
        node.leave(room, peer, 'left'),
        node.count(room),
      ]);
      expect(results).toMatchObject([
        { kind: 'attached', resumed: false },
        { events: [{ event: 'away' }] },
        { kind: 'attached', resumed: true },
        { events: [{ event: 'left' }] },
        0,
      ]);
    });

    it('gives every key a time to live and the prefix', async () => {
      await links.redis.command('flushall');
      const joins = [request(aRoom()), request(aRoom()), request(aRoom())];
      for (const join of joins) {
        await presence.renew(join.node);
        await attach(presence, join);
        await presence.reconcile(join.room, join.node, [heldOf(join)]);
      }
      const [one, two, three] = joins as [(typeof joins)[0], (typeof joins)[0], (typeof joins)[0]];
      await presence.detach(one.room, one.participant.peer, one.connection);
      await presence.leave(two.room, two.participant.peer, 'left');
      await presence.retire(three.node);
      await presence.sweep();
      let count = 0;
      for (const { port } of links.redis.servers) {
        for (const key of (await ask(port, 'keys', '*')) as string[]) {
          const ttl = await ask(port, 'pttl', key);
          expect([key, key.startsWith(`${PREFIX}:`)]).toEqual([key, true]);
          expect([key, Number(ttl) > 0 && Number(ttl) <= TIMERS.roomTtlMs]).toEqual([key, true]);
          count += 1;
        }
      }
      expect(count).toBeGreaterThanOrEqual(7);
    });

    it('keeps a limited number of tombstones per room, the newest ones', async () => {
      const patient = new RedisPresence(link, { ...TIMERS, tombstoneMs: 60_000 });
      const room = aRoom();
      for (let from = 0; from <= MAX_TOMBSTONES; from += 500) {
        await Promise.all(
          Array.from({ length: 500 }, (_, i) => patient.leave(room, `peer-${from + i}` as PeerId, 'left')),
        );
      }
      const again = (n: number) => patient.attach(request(room, { peer: `peer-${n}` as PeerId }));
      expect(await again(MAX_TOMBSTONES)).toEqual({ kind: 'ended' });
      expect(await again(0)).toMatchObject({ kind: 'attached' });
    });

    it('refuses at once while Redis is down, and recovers by itself', async () => {
      const room = aRoom();
      const join = request(room);
      await attach(presence, join);
      await links.redis.kill();
      await until(() => !presence.available);
      await expect(presence.attach(join)).rejects.toMatchObject({ name: 'PresenceUnavailable' });
      await expect(presence.sweep()).rejects.toMatchObject({ name: 'PresenceUnavailable' });
      await links.redis.restart();
      await until(() =>
        presence.attach(join).then(
          (result) => result.kind === 'attached',
          () => false,
        ),
      );
      await until(() =>
        other.snapshot(room).then(
          ({ members }) => members.length === 1,
          () => false,
        ),
      );
      expect(presence.available).toBe(true);
    }, 60_000);

    it('sends no commands to a Redis that stalls, until it answers again', async () => {
      const { stats } = link.commands;
      for (const server of links.redis.servers) server.pause();
      const attempts = await Promise.allSettled([1, 2, 3].map(() => presence.snapshot(aRoom())));
      expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      await until(() => !presence.available);
      const { timeouts } = stats;
      const refused = await Promise.allSettled(Array.from({ length: 50 }, () => presence.snapshot(aRoom())));
      expect(refused.every(({ status }) => status === 'rejected')).toBe(true);
      expect(stats.timeouts - timeouts).toBeLessThanOrEqual(1);
      for (const server of links.redis.servers) server.resume();
      await until(() => isAnswered(presence));
    }, 60_000);
  });
};

faults('standalone Redis', () => startRedis());
faults('Redis Cluster of three masters', startRedisCluster);

describe('presence on a server that comes back to an earlier state', () => {
  it('starts an epoch that was never used, whichever server is promoted and whichever state returns', async () => {
    const redis = await startRedis();
    const links = new Links(redis);
    const port = redis.servers[0]?.port as number;
    try {
      const link = await links.open();
      const presence = new RedisPresence(link, TIMERS);
      const room = aRoom();
      const copy = `${PREFIX}:copy`;
      let join = request(room);
      const epochs = [(await attach(presence, join)).snapshot.epoch];
      await ask(port, 'copy', link.keys.room(room), copy);
      // A replica keeps its data and its run id when it is promoted.
      const promote = async () => {
        await ask(port, 'replicaof', '127.0.0.1', 1);
        await ask(port, 'replicaof', 'no', 'one');
        await until(() => isAnswered(presence));
      };
      for (const back of [promote, promote, async () => {}]) {
        await ask(port, 'copy', copy, link.keys.room(room), 'replace');
        await back();
        // A snapshot has the epoch of the next change, not the one that returned.
        epochs.push((await presence.snapshot(room)).epoch);
        join = { ...join, connection: aConnection(), attempt: join.attempt + 1 };
        expect((await attach(presence, join)).snapshot.epoch).toBe(epochs.at(-1));
        expect(await presence.reconcile(room, join.node, [heldOf(join)])).toMatchObject({ epoch: epochs.at(-1) });
      }
      expect(new Set(epochs).size).toBe(4);
    } finally {
      await links.stop();
    }
  }, 60_000);
});

describe('presence behind sentinels', () => {
  it('continues on the replica after a failover', async () => {
    const redis = await startRedisSentinel();
    const links = new Links(redis);
    try {
      const presence = new RedisPresence(await links.open(), TIMERS);
      const room = aRoom();
      const join = request(room);
      const { snapshot } = await attach(presence, join);
      await redis.failover();
      const next = { ...join, connection: aConnection(), attempt: 2 };
      // The replica may lack the last writes, so versions of the old epoch must not be continued.
      const epoch = await until(() =>
        presence.attach(next).then(
          (result) => result.kind === 'attached' && result.snapshot.epoch !== snapshot.epoch && result.snapshot.epoch,
          () => false,
        ),
      );
      expect(await presence.snapshot(room)).toMatchObject({ epoch, members: [{ connection: next.connection }] });
      const later = { ...join, connection: aConnection(), attempt: 3 };
      expect((await attach(presence, later)).snapshot.epoch).toBe(epoch);
    } finally {
      await links.stop();
    }
  }, 60_000);
});

/** Waits until every master answers: rooms are on all of them. */
const isAnswered = async (presence: Presence): Promise<boolean> => {
  const results = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(() => presence.snapshot(aRoom())));
  return results.every(({ status }) => status === 'fulfilled');
};
