import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { MAX_BUCKETS, MemoryRateLimiter } from '../../src/rate-limit/rate-limiter.memory.js';
import { RedisRateLimiter } from '../../src/rate-limit/rate-limiter.redis.js';
import { startRedis, startRedisCluster, type TestRedis } from '../support/redis.js';
import { rateLimiterContract } from './rate-limiter.contract.js';
import { Links, PREFIX } from './redis.fixture.js';

const shared = async (redis: TestRedis) => {
  const links = new Links(redis);
  const limiter = async () => new RedisRateLimiter(await links.open(), new MemoryRateLimiter());
  return { links, limiters: [await limiter(), await limiter()] as const, stop: () => links.stop() };
};

rateLimiterContract('memory', async () => {
  const limiter = new MemoryRateLimiter();
  return { limiters: [limiter, limiter], stop: async () => {} };
});
rateLimiterContract('standalone Redis', async () => shared(await startRedis()));
rateLimiterContract('Redis Cluster of three masters', async () => shared(await startRedisCluster()));

const rate = { name: 'guest', burst: 2, perSecond: 0.01 };

it('buckets in memory are limited: the least recently used is dropped first', async () => {
  const limiter = new MemoryRateLimiter();
  for (let n = 0; n < MAX_BUCKETS + 10; n += 1) await limiter.take(rate, `${n}`);
  expect(limiter.size).toBe(MAX_BUCKETS);
});

it('buckets in Redis expire, and their keys reveal no subject', async () => {
  const redis = await startRedis();
  const { limiters, stop } = await shared(redis);
  await limiters[0].take(rate, '198.51.100.7');
  const [keys] = (await redis.command('keys', '*')) as [string[]];
  expect(keys).toEqual([expect.stringMatching(new RegExp(`^${PREFIX}:rate:\\{guest:[A-Za-z0-9_-]{22}\\}$`))]);
  const [pttl] = await redis.command('pttl', keys[0] as string);
  expect(Number(pttl)).toBeGreaterThan(0);
  await stop();
});

it('while Redis is unavailable each node counts by itself', async () => {
  const redis = await startRedis();
  const { limiters, stop } = await shared(redis);
  const who = randomUUID();
  await redis.kill();
  for (const limiter of limiters) {
    expect([await limiter.take(rate, who), await limiter.take(rate, who)]).toEqual([0, 0]);
    expect(await limiter.take(rate, who)).toBeGreaterThan(0);
  }
  await stop();
});
