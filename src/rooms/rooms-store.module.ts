import { Module } from '@nestjs/common';
import { RoomsStore } from './rooms.store.js';

/** The rooms' rows, for rooms and for the tickets of their guests. */
@Module({ providers: [RoomsStore], exports: [RoomsStore] })
export class RoomsStoreModule {}
