import { Injectable } from '@nestjs/common';
import { type RoomAccessRecord, RoomAccessRecordsStore } from './room-access-records.store.js';
import { type Room, RoomsStore } from './rooms.store.js';

/** The policy's attributes for one user in one room. */
export interface RoomAndStanding extends RoomAccessRecord {
  readonly room: Room | undefined;
}

/**
 * Reads the policy's attributes from the database, uncached. A room that does not exist takes the same two queries as
 * one that does, so that the time of a refusal does not tell them apart.
 */
@Injectable()
export class PolicyFacts {
  constructor(
    private readonly rooms: RoomsStore,
    private readonly standings: RoomAccessRecordsStore,
  ) {}

  /** @throws the database's errors unchanged */
  async of(user: string, id: string): Promise<RoomAndStanding> {
    const [room, record] = await Promise.all([this.rooms.find(id), this.standings.find(id, user)]);
    return { ...record, room };
  }

  /** The attributes for several rooms that were already read, in one query. */
  ofRooms(user: string, rooms: readonly Room[]): Promise<RoomAndStanding[]> {
    return Promise.all(rooms.map(async (room) => ({ ...(await this.standings.find(room.id, user)), room })));
  }
}
