import { FaultProxy } from '../faults/proxy.js';
import { startRedis, type TestRedis } from './redis.js';

/** Starts a standalone Redis behind a delay, in milliseconds each way. `servers` are reached without it. */
export const startDistantRedis = async (latencyMs: number): Promise<TestRedis> => {
  const redis = await startRedis();
  const proxy = await FaultProxy.start(() => redis.servers.map(({ port }) => ({ host: '127.0.0.1', port })));
  proxy.set({ latencyMs });
  const stop = async () => {
    await proxy.stop();
    await redis.stop();
  };
  return { ...redis, url: `redis://127.0.0.1:${proxy.port}`, stop };
};
