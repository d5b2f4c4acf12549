import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { Announcer } from '../bus/announcer.js';
import { Occupancy } from './occupancy.js';
import { RoomAccess } from './room-access.js';
import { PostgresRoomAccess } from './room-access.postgres.js';
import { RoomsController } from './rooms.controller.js';
import { RoomsService } from './rooms.service.js';
import { RoomsStoreModule } from './rooms-store.module.js';

/** Rooms, and who may come into them. */
@Module({
  imports: [AuthModule, RoomsStoreModule],
  controllers: [RoomsController],
  providers: [Announcer, Occupancy, RoomsService, { provide: RoomAccess, useClass: PostgresRoomAccess }],
  exports: [Announcer, RoomAccess, RoomsService],
})
export class RoomsModule {}
