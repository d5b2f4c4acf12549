import { Inject, Logger, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { isDatabaseLost } from '../database/database-errors.js';
import { describeFault } from '../logging/describe-fault.js';
import { PresenceUnavailable } from '../presence/presence.js';
import { RoomExpiry } from '../rooms/room-expiry.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { JobRunsStore } from './job-runs.store.js';
import { RetentionStore } from './retention.store.js';
import { Scheduler } from './scheduler.js';

const PRUNE_MS = 600_000;

const log = new Logger('Scheduler');

const reasonOf = (error: unknown): string =>
  isDatabaseLost(error) || error instanceof PresenceUnavailable ? 'a store is unavailable' : describeFault(error);

/** Periodic jobs that one node runs for the whole cluster. */
@Module({
  imports: [RoomsModule],
  providers: [
    RetentionStore,
    JobRunsStore,
    {
      provide: Scheduler,
      inject: [CONFIG, JobRunsStore, RetentionStore, RoomExpiry],
      useFactory: ({ retention, rooms }: Config, claims: JobRunsStore, store: RetentionStore, expiry: RoomExpiry) =>
        new Scheduler(
          claims,
          [
            { name: 'end rooms', everyMs: rooms.checkMs, run: (signal) => expiry.run(signal) },
            { name: 'prune', everyMs: PRUNE_MS, run: (signal) => store.prune(retention, signal) },
          ],
          (job, error) => log.warn(`Job "${job}" failed; the next round retries it: ${reasonOf(error)}`),
        ),
    },
  ],
  exports: [RetentionStore, Scheduler],
})
export class SchedulerModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(Scheduler) private readonly scheduler: Scheduler) {}

  onApplicationBootstrap(): void {
    this.scheduler.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.scheduler.stop();
  }
}
