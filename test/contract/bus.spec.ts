import { MemoryBus, MemoryBusHub } from '../../src/bus/bus.memory.js';
import { startRedis, startRedisCluster } from '../support/redis.js';
import { busContract } from './bus.contract.js';
import { busOn } from './redis.fixture.js';

busContract('memory', async () => {
  const hub = new MemoryBusHub();
  return { bus: async () => new MemoryBus(hub, () => {}), lease: async () => {}, stop: async () => {} };
});
busContract('standalone Redis', busOn(startRedis));
busContract('standalone Redis, without fast paths', busOn(startRedis, false));
busContract('Redis Cluster of three masters', busOn(startRedisCluster));
