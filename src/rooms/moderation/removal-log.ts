import type { PeerId, RoomId, UserId } from '@parley/protocol';

/** A user was removed from a room, or their tokens were revoked everywhere. */
export interface Removal {
  readonly id: number;
  /** Undefined: everywhere. */
  readonly room: RoomId | undefined;
  readonly user: UserId;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly peers: readonly PeerId[];
}

/** The durable log of removals, which nodes read when they may have missed a cluster event. */
export abstract class RemovalLog {
  /** Removals of the last `seconds`, oldest first; only the newest when there are too many. */
  abstract recent(seconds: number): Promise<readonly Removal[]>;

  /**
   * Marks rooms as occupied, for those that end when empty.
   * @returns those of them that have already ended
   */
  abstract occupied(rooms: readonly RoomId[]): Promise<readonly RoomId[]>;
}
