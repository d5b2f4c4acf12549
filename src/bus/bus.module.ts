import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Presence } from '../presence/presence.js';
import { PresenceModule } from '../presence/presence.module.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { RedisModule } from '../redis/redis.module.js';
import { REDIS } from '../redis/redis.tokens.js';
import type { RedisClient } from '../redis/redis-client.js';
import type { Bus } from './bus.js';
import { MemoryBus } from './bus.memory.js';
import { RedisBus } from './bus.redis.js';
import { BUS } from './bus.tokens.js';

/** Provides the bus: over Redis if `REDIS_URL` is set, within the process otherwise. */
@Global()
@Module({
  imports: [RedisModule, PresenceModule],
  providers: [
    {
      provide: BUS,
      inject: [PRESENCE, { token: REDIS, optional: true }],
      useFactory: (presence: Presence, redis?: RedisClient): Bus =>
        redis === undefined ? new MemoryBus() : new RedisBus(redis, () => presence.nodes()),
    },
  ],
  exports: [BUS],
})
export class BusModule implements OnApplicationShutdown {
  constructor(@Inject(BUS) private readonly bus: Pick<Bus, 'close'>) {}

  /** Closes the bus in the last of Nest's shutdown hooks, when the signaling layer has stopped. */
  async onApplicationShutdown(): Promise<void> {
    await this.bus.close();
  }
}
