import type { RoomId, UserId } from '@parley/protocol';

/** A join under way. */
export interface PendingJoin {
  readonly room: RoomId;
  readonly user: UserId;
  /** What they are, or may do, in the room was changed since it began. */
  stale: boolean;
}

/**
 * The joins under way on this node. What is decided about somebody meanwhile cannot be seen to on a seat that is not
 * there yet, and the join may have been let in by what was read before: it is looked at again when they are in. At most
 * one for each socket, which handles one frame at a time.
 */
export class PendingJoins {
  private readonly pending = new Set<PendingJoin>();

  get size(): number {
    return this.pending.size;
  }

  begin(room: RoomId, user: UserId): PendingJoin {
    const join = { room, user, stale: false };
    this.pending.add(join);
    return join;
  }

  /** Somebody's standing in a room was changed. */
  note(room: RoomId, user: UserId): void {
    for (const join of this.pending) if (join.room === room && join.user === user) join.stale = true;
  }

  end(join: PendingJoin): void {
    this.pending.delete(join);
    if (join.stale) this.onStaleJoin(join.room, join.user);
  }

  /** Set by who can: the warden. */
  onStaleJoin: (room: RoomId, user: UserId) => void = () => {};
}
