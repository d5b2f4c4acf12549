import { Injectable } from '@nestjs/common';
import { type RoomAccessRecord, RoomAccessRecordsStore } from './room-access-records.store.js';
import { type Room, RoomsStore } from './rooms.store.js';

/** What the policy is told of one user in one room. */
export interface RoomAndStanding extends RoomAccessRecord {
  readonly room: Room | undefined;
}

/**
 * Reads what the policy must know, from the database as it is now. A room that does not exist takes the same two queries
 * as one that does, so that the time of a refusal does not tell them apart.
 */
@Injectable()
export class PolicyFacts {
  constructor(
    private readonly rooms: RoomsStore,
    private readonly standings: RoomAccessRecordsStore,
  ) {}

  /** @throws the database's errors as they are */
  async of(user: string, id: string): Promise<RoomAndStanding> {
    const [room, record] = await Promise.all([this.rooms.find(id), this.standings.find(id, user)]);
    return { ...record, room };
  }

  /** The same of many rooms that were read already, in one query. */
  ofRooms(user: string, rooms: readonly Room[]): Promise<RoomAndStanding[]> {
    return Promise.all(rooms.map(async (room) => ({ ...(await this.standings.find(room.id, user)), room })));
  }
}
