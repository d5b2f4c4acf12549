import { MemoryTopics, MemoryTopicsHub } from '../../src/topics/topics.memory.js';
import { startDistantRedis } from '../support/distant-redis.js';
import { startRedis, startRedisCluster } from '../support/redis.js';
import { topicsOn } from './redis.fixture.js';
import { topicsContract } from './topics.contract.js';

topicsContract('memory', async () => {
  const hub = new MemoryTopicsHub();
  return { node: async (limits) => new MemoryTopics(limits, hub, () => {}), stop: async () => {} };
});
topicsContract('standalone Redis', topicsOn(startRedis));
topicsContract(
  'standalone Redis, 20 ms away',
  topicsOn(() => startDistantRedis(20)),
  30,
);
topicsContract('Redis Cluster of three masters', topicsOn(startRedisCluster));
