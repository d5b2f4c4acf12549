import { Module } from '@nestjs/common';
import { AuditStoreModule } from '../audit/audit-store.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { EventOutbox } from '../bus/events/event-outbox.js';
import { RoomAccess } from './room-access.js';
import { PostgresRoomAccess } from './room-access.postgres.js';
import { RoomExpiry } from './room-expiry.js';
import { RoomOccupancy } from './room-occupancy.js';
import { RoomPolicy } from './room-policy.js';
import { RoomsController } from './rooms.controller.js';
import { RoomsService } from './rooms.service.js';
import { RoomsStoreModule } from './rooms-store.module.js';

/** Rooms and admission to them. */
@Module({
  imports: [AuditStoreModule, AuthModule, RoomsStoreModule],
  controllers: [RoomsController],
  providers: [
    EventOutbox,
    RoomOccupancy,
    RoomExpiry,
    RoomPolicy,
    RoomsService,
    { provide: RoomAccess, useClass: PostgresRoomAccess },
  ],
  exports: [EventOutbox, RoomAccess, RoomExpiry, RoomPolicy, RoomsService],
})
export class RoomsModule {}
