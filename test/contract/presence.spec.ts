import { MemoryPresence, MemoryPresenceStore } from '../../src/presence/presence.memory.js';
import { RedisPresence } from '../../src/presence/presence.redis.js';
import { RedisLink } from '../../src/redis/redis-link.js';
import { startRedis, startRedisCluster, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';
import { presenceContract } from './presence.contract.js';
import { type PresenceFixture, TIMERS } from './presence.fixture.js';

const onRedis = (start: () => Promise<TestRedis>) => async (): Promise<PresenceFixture> => {
  const redis = await start();
  const links: RedisLink[] = [];
  return {
    node: async () => {
      const link = new RedisLink(redis.url, 'contract');
      links.push(link);
      const presence = new RedisPresence(link, TIMERS);
      await until(() =>
        presence.nodes().then(
          () => true,
          () => false,
        ),
      );
      return presence;
    },
    stop: async () => {
      for (const link of links) link.close();
      await redis.stop();
    },
  };
};

presenceContract('memory', async () => {
  const store = new MemoryPresenceStore(undefined, TIMERS);
  return { node: async () => new MemoryPresence(store), stop: async () => {} };
});
presenceContract(
  'standalone Redis',
  onRedis(() => startRedis()),
);
presenceContract('Redis Cluster of three masters', onRedis(startRedisCluster));
