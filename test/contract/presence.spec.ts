import { MemoryPresence, MemoryPresenceStore } from '../../src/presence/memory/presence.memory.js';
import { startRedis, startRedisCluster } from '../support/redis.js';
import { presenceContract } from './presence.contract.js';
import { TIMERS } from './presence.fixture.js';
import { presenceOn } from './redis.fixture.js';

presenceContract('memory', async () => {
  const store = new MemoryPresenceStore(undefined, TIMERS);
  return { node: async () => new MemoryPresence(store), stop: async () => {} };
});
presenceContract('standalone Redis', presenceOn(startRedis));
presenceContract('Redis Cluster of three masters', presenceOn(startRedisCluster));
