import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { REDIS } from '../redis/redis.tokens.js';
import type { RedisClient } from '../redis/redis-client.js';
import type { Topics } from './topics.js';
import { MemoryTopics } from './topics.memory.js';
import { RedisTopics } from './topics.redis.js';
import { TOPICS } from './topics.tokens.js';

/** Topics over Redis when there is one, within the process otherwise. */
@Global()
@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: TOPICS,
      inject: [CONFIG, { token: REDIS, optional: true }],
      useFactory: ({ topics: limits }: Config, redis?: RedisClient): Topics =>
        redis === undefined ? new MemoryTopics(limits) : new RedisTopics(redis, { limits }),
    },
  ],
  exports: [TOPICS],
})
export class TopicsModule implements OnApplicationShutdown {
  constructor(@Inject(TOPICS) private readonly topics: Pick<Topics, 'close'>) {}

  /** The last of Nest's shutdown hooks: whoever uses topics is done by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.topics.close();
  }
}
