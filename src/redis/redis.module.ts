import { Global, Inject, Module, type OnApplicationShutdown, Optional } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { REDIS } from './redis.tokens.js';
import { RedisClient } from './redis-client.js';

/** Provides {@link REDIS}: the client of this process, or undefined if `REDIS_URL` is not set. */
@Global()
@Module({
  providers: [
    {
      provide: REDIS,
      inject: [CONFIG],
      useFactory: (config: Config): RedisClient | undefined =>
        config.redisUrl === undefined
          ? undefined
          : new RedisClient(config.redisUrl, config.redisPrefix, config.fastPaths),
    },
  ],
  exports: [REDIS],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Optional() @Inject(REDIS) private readonly redis?: RedisClient) {}

  onApplicationShutdown(): void {
    this.redis?.close();
  }
}
