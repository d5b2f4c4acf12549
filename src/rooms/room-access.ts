import type { Role, RoomId } from '@parley/protocol';
import type { Principal } from '../auth/principal.js';

/** What the gateway must know to let a principal into a room. */
export interface Admission {
  readonly role: Role;
  /** At most so many participants. */
  readonly capacity: number;
}

/** The rooms' word on who may come in. Goes on from what it remembers while the database is away. */
export abstract class RoomAccess {
  /**
   * @throws ProtocolError `room_not_found`, `forbidden`, `guests_not_allowed`, or `unavailable` when nothing
   *   is remembered of the room and the database cannot be asked.
   */
  abstract admit(principal: Principal, room: RoomId): Promise<Admission>;
}
