import { Module } from '@nestjs/common';
import { AuditStoreModule } from '../audit/audit-store.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { SessionsController } from './sessions.controller.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';
import { UsersStoreModule } from './users-store.module.js';

/** Accounts and user profiles. */
@Module({
  imports: [AuditStoreModule, AuthModule, RoomsModule, UsersStoreModule],
  controllers: [SessionsController, UsersController],
  providers: [UsersService],
})
export class UsersModule {}
