import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { RoomAccess } from './room-access.js';
import { PostgresRoomAccess } from './room-access.postgres.js';
import { RoomsStoreModule } from './rooms-store.module.js';

/** Rooms, and who may come into them. */
@Module({
  imports: [AuthModule, RoomsStoreModule],
  providers: [PostgresRoomAccess, { provide: RoomAccess, useExisting: PostgresRoomAccess }],
  exports: [RoomAccess, PostgresRoomAccess],
})
export class RoomsModule {}
