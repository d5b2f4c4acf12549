import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { BridgesModule } from '../bridges/bridges.module.js';
import { BusModule } from '../bus/bus.module.js';
import { NamesModule } from '../names/names.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { SchedulerModule } from '../scheduler/scheduler.module.js';
import { SignalingModule } from '../signaling/signaling.module.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';

@Module({
  imports: [
    AuthModule,
    BusModule,
    BridgesModule,
    NamesModule,
    PresenceModule,
    RoomsModule,
    SignalingModule,
    SchedulerModule,
  ],
  controllers: [HealthController, MetricsController],
})
export class OpsModule {}
