import type { PeerId, RoomId, UserId } from '@parley/protocol';

/** Somebody was put out: of a room, or of everything. */
export interface Removal {
  readonly id: number;
  /** Undefined: of everything. */
  readonly room: RoomId | undefined;
  readonly user: UserId;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly peers: readonly PeerId[];
}

/** What a node reads when it may not have heard: the database's word on who was put out. */
export abstract class RemovalLog {
  /** Of the last seconds, oldest first; the newest when there are too many. */
  abstract recent(seconds: number): Promise<readonly Removal[]>;

  /**
   * Notes that somebody is in these rooms: some end when nobody is.
   * @returns those of them that are over already
   */
  abstract occupied(rooms: readonly RoomId[]): Promise<readonly RoomId[]>;
}
