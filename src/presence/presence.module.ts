import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { REDIS } from '../redis/redis.tokens.js';
import type { RedisClient } from '../redis/redis-client.js';
import { MemoryPresence, MemoryPresenceStore } from './memory/presence.memory.js';
import { PRESENCE_TIMERS, type Presence, type PresenceTimers } from './presence.js';
import { PRESENCE } from './presence.tokens.js';
import { RedisPresence } from './redis/presence.redis.js';

/** Provides presence: in Redis if `REDIS_URL` is set, in memory otherwise. */
@Global()
@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: PRESENCE,
      inject: [CONFIG, { token: REDIS, optional: true }],
      useFactory: (config: Config, redis?: RedisClient): Presence => {
        const timers = timersOf(config);
        return redis === undefined
          ? new MemoryPresence(new MemoryPresenceStore(undefined, timers))
          : new RedisPresence(redis, timers);
      },
    },
  ],
  exports: [PRESENCE],
})
export class PresenceModule implements OnApplicationShutdown {
  constructor(@Inject(PRESENCE) private readonly presence: Pick<Presence, 'close'>) {}

  /** Closes the store in the last of Nest's shutdown hooks, when the signaling layer has stopped. */
  async onApplicationShutdown(): Promise<void> {
    await this.presence.close();
  }
}

/** Derives the timers: tombstones and rooms must outlive the resume window, however long it is configured. */
const timersOf = ({ limits: { resumeWindowMs }, lease }: Config): PresenceTimers => ({
  ...PRESENCE_TIMERS,
  leaseMs: lease.leaseMs,
  reconcileGraceMs: lease.reconcileMs,
  resumeWindowMs,
  tombstoneMs: Math.max(PRESENCE_TIMERS.tombstoneMs, 2 * resumeWindowMs),
  roomTtlMs: Math.max(PRESENCE_TIMERS.roomTtlMs, 2 * resumeWindowMs),
});
