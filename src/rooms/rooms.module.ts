import { Module } from '@nestjs/common';
import { AuditStoreModule } from '../audit/audit-store.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { EventOutbox } from '../bus/events/event-outbox.js';
import { RoomAccess } from './room-access.js';
import { PostgresRoomAccess } from './room-access.postgres.js';
import { RoomEndings } from './room-expiry.js';
import { Occupancy } from './room-occupancy.js';
import { RoomPolicy } from './room-policy.js';
import { RoomsController } from './rooms.controller.js';
import { RoomsService } from './rooms.service.js';
import { RoomsStoreModule } from './rooms-store.module.js';

/** Rooms, and who may come into them. */
@Module({
  imports: [AuditStoreModule, AuthModule, RoomsStoreModule],
  controllers: [RoomsController],
  providers: [
    EventOutbox,
    Occupancy,
    RoomEndings,
    RoomPolicy,
    RoomsService,
    { provide: RoomAccess, useClass: PostgresRoomAccess },
  ],
  exports: [EventOutbox, RoomAccess, RoomEndings, RoomPolicy, RoomsService],
})
export class RoomsModule {}
