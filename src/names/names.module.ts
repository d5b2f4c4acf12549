import { type BeforeApplicationShutdown, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import type { Bus } from '../bus/bus.js';
import { BusModule } from '../bus/bus.module.js';
import { BUS } from '../bus/bus.tokens.js';
import type { Presence } from '../presence/presence.js';
import { PresenceModule } from '../presence/presence.module.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { RedisModule } from '../redis/redis.module.js';
import { REDIS } from '../redis/redis.tokens.js';
import type { RedisClient } from '../redis/redis-client.js';
import { NameRouter } from './name-router.js';
import type { Names } from './names.js';
import { MemoryNames } from './names.memory.js';
import { RedisNames } from './names.redis.js';

/** Names in Redis when there is one, in memory otherwise. Which nodes live is presence's to say. */
@Module({
  imports: [BusModule, PresenceModule, RedisModule],
  providers: [
    {
      provide: NameRouter,
      inject: [BUS, PRESENCE, { token: REDIS, optional: true }],
      useFactory: (bus: Bus, presence: Presence, redis?: RedisClient) => {
        const names: Names = redis === undefined ? new MemoryNames() : new RedisNames(redis);
        return new NameRouter(names, bus, () => presence.nodes());
      },
    },
  ],
  exports: [NameRouter],
})
export class NamesModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(NameRouter) private readonly switchboard: NameRouter) {}

  onApplicationBootstrap(): void {
    this.switchboard.start();
  }

  beforeApplicationShutdown(): void {
    this.switchboard.stop();
  }
}
