import { MemoryTopics, MemoryTopicsHub } from '../../src/topics/topics.memory.js';
import { FaultProxy } from '../faults/proxy.js';
import { startRedis, startRedisCluster, type TestRedis } from '../support/redis.js';
import { topicsOn } from './redis.fixture.js';
import { topicsContract } from './topics.contract.js';

/** A Redis that is so far away, in milliseconds each way. */
const distant = async (latencyMs: number): Promise<TestRedis> => {
  const redis = await startRedis();
  const proxy = await FaultProxy.start(() => redis.servers.map(({ port }) => ({ host: '127.0.0.1', port })));
  proxy.set({ latencyMs });
  const stop = async () => {
    await proxy.stop();
    await redis.stop();
  };
  return { ...redis, url: `redis://127.0.0.1:${proxy.port}`, stop };
};

topicsContract('memory', async () => {
  const hub = new MemoryTopicsHub();
  return { node: async (limits) => new MemoryTopics(limits, hub, () => {}), stop: async () => {} };
});
topicsContract('standalone Redis', topicsOn(startRedis));
topicsContract(
  'standalone Redis, 20 ms away',
  topicsOn(() => distant(20)),
  30,
);
topicsContract('Redis Cluster of three masters', topicsOn(startRedisCluster));
