import type { RoomId, UserId } from '@parley/protocol';

/** A join under way. */
export interface Arrival {
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
export class Arrivals {
  private readonly underWay = new Set<Arrival>();

  get size(): number {
    return this.underWay.size;
  }

  begin(room: RoomId, user: UserId): Arrival {
    const arrival = { room, user, stale: false };
    this.underWay.add(arrival);
    return arrival;
  }

  /** Somebody's standing in a room was changed. */
  note(room: RoomId, user: UserId): void {
    for (const arrival of this.underWay) if (arrival.room === room && arrival.user === user) arrival.stale = true;
  }

  end(arrival: Arrival): void {
    this.underWay.delete(arrival);
    if (arrival.stale) this.lookAgain(arrival.room, arrival.user);
  }

  /** Set by who can: the warden. */
  lookAgain: (room: RoomId, user: UserId) => void = () => {};
}
