import { Global, Inject, Module, type OnApplicationShutdown, Optional } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { REDIS } from './redis.tokens.js';
import { RedisLink } from './redis-client.js';

/** Provides {@link REDIS}: the link of this process, or undefined when `REDIS_URL` is not set. */
@Global()
@Module({
  providers: [
    {
      provide: REDIS,
      inject: [CONFIG],
      useFactory: (config: Config): RedisLink | undefined =>
        config.redisUrl === undefined ? undefined : new RedisLink(config.redisUrl, config.redisPrefix),
    },
  ],
  exports: [REDIS],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Optional() @Inject(REDIS) private readonly redis?: RedisLink) {}

  onApplicationShutdown(): void {
    this.redis?.close();
  }
}
