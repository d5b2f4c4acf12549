import { ID_PATTERN, type PeerId, ProtocolError, type Role, type RoomId, type RoomState } from '@parley/protocol';
import { decideForServer } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';

/** What the gateway must know to let a principal into a room. */
export interface Admission {
  readonly role: Role;
  /** At most so many participants. */
  readonly capacity: number;
  /** The room is locked: who is in it may come back, and nobody else. */
  readonly returningOnly?: boolean;
  /** False: taken from them. */
  readonly publish?: boolean;
  readonly chat?: boolean;
  /** What the room is now. */
  readonly state?: RoomState;
}

/** How somebody comes in. */
export interface Entry {
  /** The peer id that they would have. */
  readonly peer?: PeerId;
  /** The token of an invite. */
  readonly invite?: string | undefined;
}

/** The rooms' word on who may come in. Goes on from what it remembers while the database is away. */
export abstract class RoomAccess {
  /** Number of cached answers. */
  get cacheEntries(): number {
    return 0;
  }

  /**
   * @throws ProtocolError `room_not_found`, `forbidden`, `banned`, `removed`, `session_ended`,
   *   `room_locked`, `invite_required`, `invite_invalid`, `admission_required`, or `unavailable` when nothing is
   *   remembered of the room and the database cannot be asked.
   */
  abstract admit(principal: Principal, room: RoomId, entry?: Entry): Promise<Admission>;

  /**
   * Whether the principal may have credentials for the relay. A guest may while a room that its token names lets it in;
   * a pattern names no room, so it is the issuer's word. While the database is unavailable the token alone decides.
   */
  async mayRelay(principal: Principal): Promise<boolean> {
    if (decideForServer(principal, 'ice.read')) return true;
    const rooms = Object.keys(principal.grants);
    if (rooms.some((room) => !ID_PATTERN.test(room))) return true;
    const answers = await Promise.all(rooms.map((room) => this.admits(principal, room as RoomId)));
    return answers.includes(true);
  }

  private async admits(principal: Principal, room: RoomId): Promise<boolean> {
    try {
      await this.admit(principal, room);
      return true;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return error.code === 'unavailable';
    }
  }
}
