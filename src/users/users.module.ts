import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { UsersStoreModule } from './users-store.module.js';

/** Accounts: one's own, and the names of others. */
@Module({ imports: [AuthModule, UsersStoreModule] })
export class UsersModule {}
