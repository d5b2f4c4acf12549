import { Module } from '@nestjs/common';
import { UsersStore } from './users.store.js';

/** The accounts' rows, for those who check credentials and those who change profiles. */
@Module({ providers: [UsersStore], exports: [UsersStore] })
export class UsersStoreModule {}
