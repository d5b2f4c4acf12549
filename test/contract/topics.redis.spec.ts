import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Topics } from '../../src/topics/topics.js';
import { MAX_UNANSWERED_BYTES } from '../../src/topics/topics.redis.js';
import { ask, startRedis, startRedisCluster, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { Links, PREFIX, slotOwners, topicsFixture } from './redis.fixture.js';
import { aTopic, barrier, type Listener, listen, say, type TopicsFixture } from './topics.fixture.js';

/** Tests of topics whose Redis fails. */
const faults = (title: string, start: () => Promise<TestRedis>, kind: 'pubsub' | 'shardedpubsub'): void => {
  describe(`topics through faults: ${title}`, () => {
    let links: Links;
    let fixture: TopicsFixture;
    let nodes: [Topics, Topics];
    let topic: string;
    let one: Listener;
    let two: Listener;

    beforeAll(async () => {
      links = new Links(await start());
      fixture = topicsFixture(links);
      nodes = [await fixture.node(), await fixture.node()];
    }, 60_000);

    /** Subscribes a listener on each node, which waits until Redis is available again. */
    beforeEach(async () => {
      topic = aTopic();
      [one, two] = [listen(nodes[0]), listen(nodes[1])];
      expect(await Promise.all([one.subscribe(topic), two.subscribe(topic)])).toEqual([true, true]);
    }, 30_000);

    afterEach(() => {
      one.leave();
      two.leave();
    });

    afterAll(() => fixture.stop(), 60_000);

    const channels = async (): Promise<string[]> => {
      const answers = (await links.redis.command(
        'pubsub',
        kind === 'pubsub' ? 'channels' : 'shardchannels',
      )) as string[][];
      return answers.flat().filter((channel) => channel.startsWith(`${PREFIX}:topic:`) && !channel.includes('node-'));
    };

    it('has one channel per topic, whose name reveals nothing, and none without a subscriber', async () => {
      const [channel, ...others] = await channels();
      expect(others).toEqual([]);
      expect(channel).toMatch(new RegExp(`^${PREFIX}:topic:\\{topics\\d+\\}:[A-Za-z0-9_-]{32}$`));
      one.leave();
      two.unsubscribe(topic);
      await until(async () => (await channels()).length === 0);
    });

    it('ignores malformed publications', async () => {
      const [channel = ''] = await channels();
      const port =
        kind === 'pubsub' ? (links.redis.servers[0]?.port as number) : (await slotOwners(links.redis, channel)).owner;
      const unexpected = Buffer.from([0xb7, 1, 0, 0, 0, 1, 9]);
      for (const malformed of ['', 'x', unexpected, Buffer.from([0xb7, 1, 0, 0, 0, 0])])
        await ask(port, kind === 'pubsub' ? 'publish' : 'spublish', channel, malformed as string);
      await barrier(one, two, topic);
      expect(two.received).toHaveLength(1);
      expect(two.gaps).toBe(0);
    });

    it('reports a gap to clients whose subscription was lost, and delivers again after they resubscribe', async () => {
      await links.redis.command('client', 'kill', 'type', 'pubsub');
      await until(() => one.gaps === 1 && two.gaps === 1);
      expect(nodes.map(({ stats }) => [stats.topics, stats.subscriptions])).toEqual([
        [0, 0],
        [0, 0],
      ]);
      const [a, b] = [listen(nodes[0]), listen(nodes[1])];
      const acknowledged = Promise.all([a.subscribe(topic), b.subscribe(topic)]);
      say(a, topic, 'I am back');
      expect(await acknowledged).toEqual([true, true]);
      await barrier(a, b, topic);
      await barrier(b, a, topic);
      expect(a.received).toContain(`${topic} I am back`);
      a.leave();
      b.leave();
    });

    it('holds subscriptions while Redis is unavailable, and completes them afterwards', async () => {
      await links.redis.kill();
      await until(() => one.gaps === 1 && two.gaps === 1);
      const [a, b] = [listen(nodes[0]), listen(nodes[1])];
      const acknowledged = Promise.all([a.subscribe(topic), b.subscribe(topic)]);
      say(a, topic, 'a');
      say(b, topic, 'b');
      await links.redis.restart();
      expect(await acknowledged).toEqual([true, true]);
      await barrier(a, b, topic);
      await barrier(b, a, topic);
      expect([a.received.includes(`${topic} b`), b.received.includes(`${topic} a`)].filter(Boolean)).toHaveLength(1);
      a.leave();
      b.leave();
    }, 60_000);

    it('limits what waits for a Redis that stalls, and reports a gap to its publishers', async () => {
      const big = Buffer.alloc(4 * 1024 * 1024);
      for (const server of links.redis.servers) server.pause();
      let taken = 0;
      const flood = async () => {
        for (; taken * big.length <= MAX_UNANSWERED_BYTES; taken += 1) {
          one.publish(topic, big);
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await expect(flood()).rejects.toMatchObject({ code: 'unavailable' });
      expect(taken).toBeGreaterThan(4);
      expect(one.gaps).toBe(1);
      for (const server of links.redis.servers) server.resume();
    }, 60_000);

    if (kind === 'shardedpubsub') {
      it('reports a gap when the channel moves to another master, and follows it', async () => {
        const [channel = ''] = await channels();
        const { slot, owner: from, other: to } = await slotOwners(links.redis, channel);
        const ids = await Promise.all([from, to].map((port) => ask(port, 'cluster', 'myid')));
        await ask(to, 'cluster', 'setslot', slot, 'importing', String(ids[0]));
        await ask(from, 'cluster', 'setslot', slot, 'migrating', String(ids[1]));
        for (const { port } of links.redis.servers) await ask(port, 'cluster', 'setslot', slot, 'node', String(ids[1]));
        await until(() => one.gaps === 1 && two.gaps === 1);
        const [a, b] = [listen(nodes[0]), listen(nodes[1])];
        expect(await Promise.all([a.subscribe(topic), b.subscribe(topic)])).toEqual([true, true]);
        await barrier(a, b, topic);
        await barrier(b, a, topic);
        a.leave();
        b.leave();
      }, 60_000);
    }
  });
};

faults('standalone Redis', () => startRedis(), 'pubsub');
faults('Redis Cluster of three masters', startRedisCluster, 'shardedpubsub');
