import { Global, Module } from '@nestjs/common';
import { RedisModule } from '../redis/redis.module.js';
import { REDIS } from '../redis/redis.tokens.js';
import type { RedisClient } from '../redis/redis-client.js';
import { LocalRateLimiter, RateLimiter } from './rate-limiter.js';
import { MemoryRateLimiter } from './rate-limiter.memory.js';
import { RedisRateLimiter } from './rate-limiter.redis.js';

/** Rates that all nodes share when there is a Redis, of this process otherwise. */
@Global()
@Module({
  imports: [RedisModule],
  providers: [
    { provide: LocalRateLimiter, useFactory: () => new MemoryRateLimiter() },
    {
      provide: RateLimiter,
      inject: [LocalRateLimiter, { token: REDIS, optional: true }],
      useFactory: (local: LocalRateLimiter, redis?: RedisClient): RateLimiter =>
        redis === undefined ? local : new RedisRateLimiter(redis, local),
    },
  ],
  exports: [LocalRateLimiter, RateLimiter],
})
export class RateLimitModule {}
