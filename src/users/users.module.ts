import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';
import { UsersStoreModule } from './users-store.module.js';

/** Accounts: one's own, and the names of others. */
@Module({
  imports: [AuthModule, RoomsModule, UsersStoreModule],
  controllers: [UsersController],
  providers: [UsersService],
})
export class UsersModule {}
