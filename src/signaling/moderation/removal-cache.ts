import type { PeerId, RoomId, UserId } from '@parley/protocol';

/** How long a removal is cached: as long as presence keeps the tombstones of ended peers. */
const REMEMBERED_MS = 600_000;
/** Removals, and ended peers, to cache; beyond it the oldest are dropped, and the database still has them. */
export const MAX_REMEMBERED = 10_000;

interface RecordedRemoval {
  readonly at: number;
  /** Its number in the order in which this node received removals. */
  readonly order: number;
  readonly until: number;
}

/**
 * Caches recent removals that this node received. An operation takes a checkpoint when it begins and asks at its end
 * whether the user was removed since; if so it is undone. Stale by at most the delay of the bus, or by the interval of
 * `RemovalPoller` while the bus is unavailable.
 */
export class RemovalCache {
  private count = 0;
  private readonly users = new Map<string, RecordedRemoval>();
  private readonly peers = new Map<PeerId, number>();

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number) {}

  get size(): number {
    return this.users.size + this.peers.size;
  }

  /** Returns the number of the latest removal, to pass to {@link removedSince} later. */
  checkpoint(): number {
    return this.count;
  }

  /**
   * Records a removal.
   * @param room undefined: the user was revoked everywhere
   * @param at milliseconds since the Unix epoch
   * @returns false when this removal, or a later one, is recorded already
   */
  record(room: RoomId | undefined, user: UserId, at: number, peers: readonly PeerId[] = []): boolean {
    this.trim();
    for (const peer of peers) this.end(peer);
    const key = keyOf(room, user);
    const known = this.users.get(key);
    if (known !== undefined && known.at >= at) return false;
    this.count += 1;
    keep(this.users, key, { at, order: this.count, until: this.now() + REMEMBERED_MS });
    return true;
  }

  /** Records that a peer ended: its id must not be attached again. */
  end(peer: PeerId): void {
    keep(this.peers, peer, this.now() + REMEMBERED_MS);
  }

  isEnded(peer: PeerId): boolean {
    return (this.peers.get(peer) ?? 0) > this.now();
  }

  /** Whether the user was removed from the room, or revoked everywhere, after the checkpoint. */
  removedSince(checkpoint: number, room: RoomId, user: UserId): boolean {
    return [keyOf(room, user), keyOf(undefined, user)].some((key) => (this.users.get(key)?.order ?? 0) > checkpoint);
  }

  /** When the user was removed from the room, ms since the Unix epoch; tokens issued before are invalid there. */
  removedAt(room: RoomId, user: UserId): number | undefined {
    return this.users.get(keyOf(room, user))?.at;
  }

  private trim(): void {
    const now = this.now();
    for (const [key, { until }] of this.users) {
      if (until > now) break;
      this.users.delete(key);
    }
    for (const [peer, until] of this.peers) {
      if (until > now) break;
      this.peers.delete(peer);
    }
  }
}

const keyOf = (room: RoomId | undefined, user: UserId): string => `${room ?? ''} ${user}`;

/** Inserts at the end of the map, so that the oldest entries come first and are dropped first. */
const keep = <K, V>(map: Map<K, V>, key: K, value: V): void => {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > MAX_REMEMBERED && oldest.done !== true) map.delete(oldest.value);
};
