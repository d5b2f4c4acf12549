import { Inject, Logger, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { isDatabaseLost } from '../database/database-errors.js';
import { describeFault } from '../database/describe-fault.js';
import { PresenceUnavailable } from '../presence/presence.js';
import { RoomEndings } from '../rooms/room-expiry.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { TurnsStore } from './job-runs.store.js';
import { PruningStore } from './retention.store.js';
import { Upkeep } from './scheduler.js';

const PRUNE_MS = 600_000;

const log = new Logger('Upkeep');

const reasonOf = (error: unknown): string =>
  isDatabaseLost(error) || error instanceof PresenceUnavailable ? 'a store is away' : describeFault(error);

/** Everything that is done now and then by one node for all. */
@Module({
  imports: [RoomsModule],
  providers: [
    PruningStore,
    TurnsStore,
    {
      provide: Upkeep,
      inject: [CONFIG, TurnsStore, PruningStore, RoomEndings],
      useFactory: ({ kept, rooms }: Config, turns: TurnsStore, pruning: PruningStore, endings: RoomEndings) =>
        new Upkeep(
          turns,
          [
            { name: 'end rooms', everyMs: rooms.checkMs, run: (signal) => endings.run(signal) },
            { name: 'prune', everyMs: PRUNE_MS, run: (signal) => pruning.prune(kept, signal) },
          ],
          (chore, error) => log.warn(`"${chore}" failed and is tried again: ${reasonOf(error)}`),
        ),
    },
  ],
  exports: [PruningStore, Upkeep],
})
export class UpkeepModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(@Inject(Upkeep) private readonly upkeep: Upkeep) {}

  onApplicationBootstrap(): void {
    this.upkeep.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.upkeep.stop();
  }
}
