import { RedisBus } from '../../src/bus/bus.redis.js';
import type { ProbeTimers } from '../../src/bus/transport/probed-subscription.js';
import { RedisPresence } from '../../src/presence/redis/presence.redis.js';
import { RedisClient } from '../../src/redis/redis-client.js';
import { RedisTopics } from '../../src/topics/topics.redis.js';
import { ask, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import type { BusFixture } from './bus.contract.js';
import { type PresenceFixture, TIMERS } from './presence.fixture.js';
import type { TopicsFixture } from './topics.fixture.js';

/** The prefix of every key that the contract suite writes. */
export const PREFIX = 'contract';

const PROBE_TIMERS: ProbeTimers = { probeMs: 200, timeoutMs: 1_000 };

/** Clients of one Redis, closed together with it. */
export class Links {
  private readonly links: RedisClient[] = [];

  constructor(
    readonly redis: TestRedis,
    private readonly fastPaths = true,
  ) {}

  /** Makes a connected client. */
  async open(): Promise<RedisClient> {
    const link = new RedisClient(this.redis.url, PREFIX, this.fastPaths);
    this.links.push(link);
    // In a cluster each master has its own connection, so one answer proves nothing about the others.
    await until(async () => {
      const answers = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => isAnswered(link, key)));
      return answers.every(Boolean);
    });
    return link;
  }

  async stop(): Promise<void> {
    for (const link of this.links) link.close();
    await this.redis.stop();
  }
}

const isAnswered = (link: RedisClient, key: string): Promise<boolean> =>
  link.commands.hget(key, 'n').then(
    () => true,
    () => false,
  );

export const presenceOn = (start: () => Promise<TestRedis>) => async (): Promise<PresenceFixture> => {
  const links = new Links(await start());
  return {
    node: async () => new RedisPresence(await links.open(), TIMERS),
    stop: () => links.stop(),
  };
};

/** @param fastPaths as the setting FAST_PATHS */
export const busOn =
  (start: () => Promise<TestRedis>, fastPaths = true) =>
  async (): Promise<BusFixture> =>
    busFixture(new Links(await start(), fastPaths));

/** Makes buses on a Redis, with leases that last for the whole test. */
export const busFixture = async (links: Links): Promise<BusFixture> => {
  const presence = new RedisPresence(await links.open(), { ...TIMERS, leaseMs: 600_000 });
  const buses: RedisBus[] = [];
  return {
    bus: async () => {
      const bus = new RedisBus(await links.open(), () => presence.nodes(), {
        timers: PROBE_TIMERS,
        onError: () => {},
      });
      buses.push(bus);
      return bus;
    },
    lease: async (node) => {
      // While slots move, a connection may be lost for a moment.
      await until(() =>
        presence.renew(node).then(
          () => true,
          () => false,
        ),
      );
    },
    stop: async () => {
      await Promise.all(buses.map((bus) => bus.close()));
      await links.stop();
    },
  };
};

export const topicsOn = (start: () => Promise<TestRedis>) => async () => topicsFixture(new Links(await start()));

/** Makes topics on a Redis. */
export const topicsFixture = (links: Links): TopicsFixture => {
  const nodes: RedisTopics[] = [];
  return {
    node: async (limits) => {
      const topics = new RedisTopics(await links.open(), {
        timers: PROBE_TIMERS,
        onError: () => {},
        ...(limits && { limits }),
      });
      nodes.push(topics);
      return topics;
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.close()));
      await links.stop();
    },
  };
};

/** Finds the slot of a channel, the port of the master that owns it, and the port of another master. */
export const slotOwners = async (
  redis: TestRedis,
  channel: string,
): Promise<{ slot: number; owner: number; other: number }> => {
  const ports = redis.servers.map(({ port }) => port);
  const slot = Number(await ask(ports[0] as number, 'cluster', 'keyslot', channel));
  const ranges = (await ask(ports[0] as number, 'cluster', 'slots')) as [number, number, [string, number]][];
  const owner = ranges.find(([first, last]) => first <= slot && slot <= last)?.[2][1] as number;
  return { slot, owner, other: ports.find((port) => port !== owner) as number };
};
