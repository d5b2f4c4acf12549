import { Module } from '@nestjs/common';
import { UsersStore } from './users.store.js';

/** Provides the store of accounts to authentication and profiles. */
@Module({ providers: [UsersStore], exports: [UsersStore] })
export class UsersStoreModule {}
