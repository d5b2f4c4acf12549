import type { RoomId, UserId } from '@parley/protocol';

/** A join in flight. */
export interface PendingJoin {
  readonly room: RoomId;
  readonly user: UserId;
  /** The user's role or permissions in the room changed since the join began. */
  stale: boolean;
}

/**
 * Tracks joins in flight, so that a permission change during a join applies to it. Such a change finds no peer yet, and
 * the join may already have read the previous permissions, so they are read again once the join is done. At most one
 * per socket, which handles one frame at a time.
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

  /** Marks a user's joins as stale: their role or permissions in the room changed. */
  note(room: RoomId, user: UserId): void {
    for (const join of this.pending) if (join.room === room && join.user === user) join.stale = true;
  }

  end(join: PendingJoin): void {
    this.pending.delete(join);
    if (join.stale) this.onStaleJoin(join.room, join.user);
  }

  /** Called when a stale join ends; set by `ModerationEventHandler`. */
  onStaleJoin: (room: RoomId, user: UserId) => void = () => {};
}
