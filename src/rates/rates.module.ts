import { Global, Module } from '@nestjs/common';
import { RedisModule } from '../redis/redis.module.js';
import { REDIS } from '../redis/redis.tokens.js';
import type { RedisLink } from '../redis/redis-link.js';
import { RateLimiter } from './rate-limiter.js';
import { MemoryRateLimiter } from './rate-limiter.memory.js';
import { RedisRateLimiter } from './rate-limiter.redis.js';

/** Rates that all nodes share when there is a Redis, of this process otherwise. */
@Global()
@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: RateLimiter,
      inject: [{ token: REDIS, optional: true }],
      useFactory: (redis?: RedisLink): RateLimiter => {
        const memory = new MemoryRateLimiter();
        return redis === undefined ? memory : new RedisRateLimiter(redis, memory);
      },
    },
  ],
  exports: [RateLimiter],
})
export class RatesModule {}
