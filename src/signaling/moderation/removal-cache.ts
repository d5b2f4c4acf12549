import type { PeerId, RoomId, UserId } from '@parley/protocol';

/** How long a removal is cached: as long as presence keeps the tombstones of ended peers. */
const REMEMBERED_MS = 600_000;
/** How long an ended room is cached: longer than cached access records admit anyone to it. */
const ROOM_ENDED_MS = 30_000;
/**
 * For how long after a removal an operation in flight, or a stored peer of the user, is taken for one of before it. A node
 * that receives a removal later must not remove a user who has returned with a newer token meanwhile.
 */
export const RECENT_REMOVAL_MS = 10_000;
/** Removals, ended peers, and ended rooms to cache; beyond it the oldest are dropped, and the database still has them. */
export const MAX_REMEMBERED = 10_000;

interface RecordedRemoval {
  readonly at: number;
  readonly until: number;
}

/**
 * Caches the removals, ended peers and ended rooms that this node received lately. Stale by at most the delay of the
 * bus, or by the interval of `RemovalPoller` while the bus is unavailable.
 */
export class RemovalCache {
  private readonly users = new Map<string, RecordedRemoval>();
  private readonly peers = new Map<PeerId, number>();
  private readonly rooms = new Map<RoomId, number>();

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number) {}

  get size(): number {
    return this.users.size + this.peers.size + this.rooms.size;
  }

  /**
   * Records a removal.
   * @param room undefined: the user was revoked everywhere
   * @param at milliseconds since the Unix epoch
   * @returns false when this removal, or a later one, is recorded already
   */
  record(room: RoomId | undefined, user: UserId, at: number, peers: readonly PeerId[] = []): boolean {
    this.trim();
    for (const peer of peers) this.endPeer(peer);
    const key = `${room ?? ''} ${user}`;
    const known = this.users.get(key);
    if (known !== undefined && known.at >= at) return false;
    keep(this.users, key, { at, until: this.now() + REMEMBERED_MS });
    return true;
  }

  /** Records that a peer ended: its id must not be attached again. */
  endPeer(peer: PeerId): void {
    keep(this.peers, peer, this.now() + REMEMBERED_MS);
  }

  isPeerEnded(peer: PeerId): boolean {
    return (this.peers.get(peer) ?? 0) > this.now();
  }

  /** Records that a room ended. */
  endRoom(room: RoomId): void {
    this.trim();
    keep(this.rooms, room, this.now() + ROOM_ENDED_MS);
  }

  isRoomEnded(room: RoomId): boolean {
    return (this.rooms.get(room) ?? 0) > this.now();
  }

  private trim(): void {
    dropUntil(this.users, this.now(), ({ until }) => until);
    dropUntil(this.peers, this.now(), (until) => until);
    dropUntil(this.rooms, this.now(), (until) => until);
  }
}

/** Deletes the entries that are outdated. The oldest come first. */
const dropUntil = <K, V>(map: Map<K, V>, now: number, untilOf: (value: V) => number): void => {
  for (const [key, value] of map) {
    if (untilOf(value) > now) return;
    map.delete(key);
  }
};

/** Inserts at the end of the map, so that the oldest entries come first and are dropped first. */
const keep = <K, V>(map: Map<K, V>, key: K, value: V): void => {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > MAX_REMEMBERED && oldest.done !== true) map.delete(oldest.value);
};
