import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_BATCH_BYTES } from '../../src/bus/bus.js';
import { MAX_UNANSWERED_BYTES } from '../../src/bus/bus.redis.js';
import { ask, startRedis, startRedisCluster, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { type BusFixture, type BusNode, join } from './bus.contract.js';
import { aNode, aRoom } from './presence.fixture.js';
import { busFixture, Links, PREFIX, slotOwners } from './redis.fixture.js';

/** Tests of a bus whose Redis fails. */
const faults = (title: string, start: () => Promise<TestRedis>, kind: 'pubsub' | 'shardedpubsub'): void => {
  describe(`bus through faults: ${title}`, () => {
    let links: Links;
    let fixture: BusFixture;
    let one: BusNode;
    let two: BusNode;

    beforeAll(async () => {
      links = new Links(await start());
      fixture = await busFixture(links);
    }, 60_000);

    beforeEach(async () => {
      [one, two] = await Promise.all([join(fixture), join(fixture)]);
    });

    afterEach(async () => {
      await Promise.all([one.bus.close(), two.bus.close()]);
    });

    afterAll(async () => {
      await fixture.stop();
    }, 60_000);

    /** Sends until a message arrives. */
    const reaches = async (from: BusNode, to: BusNode): Promise<void> => {
      const word = `hello ${Math.random()}`;
      await until(() => {
        from.bus.send(to.id, Buffer.from(word));
        return to.messages.includes(word);
      });
    };

    it('drops and counts malformed payloads, and continues', async () => {
      const malformed = ['', 'x', '\u0007'.repeat(100), '{"fact":"room_closed","room":"r"}'];
      for (const text of malformed) await publish(links.redis, channelOf(two), text);
      const invalidEvent = Buffer.concat([Buffer.from([0xb7, 2, 0, 0, 0, 2]), Buffer.from('{}')]);
      await publish(links.redis, channelOf(two), invalidEvent);
      await until(() => two.bus.stats.invalidMessages === malformed.length + 1);
      await reaches(one, two);
      expect(two.events).toEqual([]);
    });

    it('resubscribes when its connection is lost, and reports a gap', async () => {
      const { gaps } = two;
      await links.redis.command('client', 'kill', 'type', 'pubsub');
      await until(() => two.gaps > gaps && one.gaps > 0 && two.bus.available && one.bus.available);
      expect(two.bus.stats.resubscriptions).toBeGreaterThan(0);
      await reaches(one, two);
    });

    it('holds an event for a node that has a lease and is not subscribed yet', async () => {
      const late = aNode();
      await fixture.lease(late);
      const event = { fact: 'room_closed', room: aRoom() } as const;
      await one.bus.publish(event);
      const node = await join(fixture, late);
      await until(() => node.events.length > 0);
      expect(node.events).toEqual([event]);
      await node.bus.close();
    });

    it('limits what waits for a Redis that stalls, then refuses everything', async () => {
      const big = Buffer.alloc(MAX_BATCH_BYTES / 2);
      for (const server of links.redis.servers) server.pause();
      let accepted = 0;
      while (accepted * big.length <= MAX_UNANSWERED_BYTES && one.bus.send(aNode(), big)) accepted += 1;
      expect(accepted * big.length).toBeLessThanOrEqual(MAX_UNANSWERED_BYTES);
      expect(accepted).toBeGreaterThan(4);
      await until(() => !one.bus.available && !two.bus.available);
      expect(one.bus.send(two.id, Buffer.from('x'))).toBe(false);
      await expect(one.bus.publish({ fact: 'room_closed', room: aRoom() })).rejects.toMatchObject({
        name: 'BusUnavailable',
      });
      for (const server of links.redis.servers) server.resume();
      await until(() => one.bus.available && two.bus.available);
      await reaches(one, two);
    }, 60_000);

    it('is unavailable while Redis is, and recovers by itself', async () => {
      const gaps = [one.gaps, two.gaps];
      await links.redis.kill();
      await until(() => !one.bus.available && !two.bus.available);
      expect(one.bus.send(two.id, Buffer.from('x'))).toBe(false);
      await links.redis.restart();
      await until(() => one.bus.available && two.bus.available, 30_000);
      expect([one.gaps > (gaps[0] ?? 0), two.gaps > (gaps[1] ?? 0)]).toEqual([true, true]);
      await reaches(one, two);
      await reaches(two, one);
    }, 60_000);

    if (kind === 'shardedpubsub') {
      it('follows its channel to another master of the cluster', async () => {
        const { slot, owner: from, other: to } = await slotOwners(links.redis, channelOf(two));
        const ids = await Promise.all([from, to].map((port) => ask(port, 'cluster', 'myid')));
        await ask(to, 'cluster', 'setslot', slot, 'importing', String(ids[0]));
        await ask(from, 'cluster', 'setslot', slot, 'migrating', String(ids[1]));
        for (const { port } of links.redis.servers) await ask(port, 'cluster', 'setslot', slot, 'node', String(ids[1]));
        const { gaps } = two;
        await until(() => two.gaps > gaps || two.gaps > 0);
        await reaches(one, two);
      }, 60_000);
    }
  });
};

const channelOf = (node: BusNode): string => `${PREFIX}:node:${node.id}`;

/** Publishes without the adapter. */
const publish = async (redis: TestRedis, channel: string, payload: string | Buffer): Promise<void> => {
  const cluster = redis.url.startsWith('redis+cluster:');
  const port = cluster ? (await slotOwners(redis, channel)).owner : (redis.servers[0]?.port as number);
  await ask(port, cluster ? 'spublish' : 'publish', channel, payload as string);
};

faults('standalone Redis', () => startRedis(), 'pubsub');
faults('Redis Cluster of three masters', startRedisCluster, 'shardedpubsub');
