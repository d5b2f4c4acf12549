import { Module } from '@nestjs/common';
import { InvitesStore } from './moderation/invites.store.js';
import { KnocksStore } from './moderation/knocks.store.js';
import { RemovalsStore } from './moderation/removals.store.js';
import { PolicyFacts } from './policy-facts.js';
import { RoomAccessRecordsStore } from './room-access-records.store.js';
import { RoomExpiryStore } from './room-expiry.store.js';
import { RoomRecordsStore } from './room-records.store.js';
import { RoomsStore } from './rooms.store.js';

const STORES = [
  ...[RoomsStore, RoomRecordsStore, RoomAccessRecordsStore, PolicyFacts],
  ...[InvitesStore, KnocksStore, RemovalsStore, RoomExpiryStore],
];

/** Provides the stores of rooms, invites, knocks and removals. */
@Module({ providers: STORES, exports: STORES })
export class RoomsStoreModule {}
