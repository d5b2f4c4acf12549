import type { PeerId, RoomId, UserId } from '@parley/protocol';

/** How long a node remembers: as long as presence remembers ended peers. */
const REMEMBERED_MS = 600_000;
/** Removals, and ended peers, that are remembered; beyond it the oldest are forgotten, and the database still knows. */
export const MAX_REMEMBERED = 10_000;

interface RecordedRemoval {
  readonly at: number;
  /** Its place among all that was heard. */
  readonly order: number;
  readonly until: number;
}

/**
 * Who was put out lately, as far as this node has heard. Whatever was begun before a removal was heard, and ends
 * after it, is undone: a mark is taken at the beginning, and compared at the end.
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

  /** To be compared with {@link removedSince} later. */
  checkpoint(): number {
    return this.count;
  }

  /**
   * @param room undefined: of everything
   * @param at milliseconds since the Unix epoch
   * @returns false when this removal, or a later one, was heard before
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

  /** This peer is over: its id does not come back. */
  end(peer: PeerId): void {
    keep(this.peers, peer, this.now() + REMEMBERED_MS);
  }

  isEnded(peer: PeerId): boolean {
    return (this.peers.get(peer) ?? 0) > this.now();
  }

  /** Whether the user was put out of the room, or of everything, after the mark was taken. */
  removedSince(checkpoint: number, room: RoomId, user: UserId): boolean {
    return [keyOf(room, user), keyOf(undefined, user)].some((key) => (this.users.get(key)?.order ?? 0) > checkpoint);
  }

  /** When the user was put out of the room, ms since the Unix epoch: tokens from before do not count there. */
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

/** At the end, so that the oldest are first. */
const keep = <K, V>(map: Map<K, V>, key: K, value: V): void => {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > MAX_REMEMBERED && oldest.done !== true) map.delete(oldest.value);
};
