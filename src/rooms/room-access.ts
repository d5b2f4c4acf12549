import { ID_PATTERN, type PeerId, ProtocolError, type Role, type RoomId, type RoomState } from '@parley/protocol';
import { decideForServer } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';

/** A principal's role and permissions in a room that it may join. */
export interface Admission {
  readonly role: Role;
  /** Maximum number of participants. */
  readonly capacity: number;
  /** Maximum number of peers of one user in the room. Default: no limit. */
  readonly maxPeersPerUser?: number;
  /** The room is locked: only users with a peer in it may join. */
  readonly returningOnly?: boolean;
  /** False: the permission was revoked. */
  readonly publish?: boolean;
  readonly chat?: boolean;
  /** The room's current state. */
  readonly state?: RoomState;
}

/** Details of a request to join. */
export interface Entry {
  /** The peer id that the session would have in the room. */
  readonly peer?: PeerId;
  /** The token of an invite. */
  readonly invite?: string | undefined;
  /** Whether a token's grant may create the room: only a join does. Default: true. */
  readonly mayCreate?: boolean;
}

/** Decides who may join a room. While the database is unavailable, stale cache entries are used. */
export abstract class RoomAccess {
  /** Number of cached answers. */
  get cacheEntries(): number {
    return 0;
  }

  /**
   * @throws ProtocolError `room_not_found`, `forbidden`, `banned`, `removed`, `session_ended`,
   *   `room_locked`, `invite_required`, `invite_invalid`, `admission_required`, or `unavailable` when the database is
   *   unavailable and the room is not cached.
   */
  abstract admit(principal: Principal, room: RoomId, entry?: Entry): Promise<Admission>;

  /**
   * Whether the principal may have credentials for the TURN relay. A guest may while it can join a room that its token
   * names; a pattern names no room, so the issuer is trusted. While the database is unavailable, the token decides.
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
      await this.admit(principal, room, { mayCreate: false });
      return true;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return error.code === 'unavailable';
    }
  }
}
