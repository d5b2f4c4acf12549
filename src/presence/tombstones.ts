import type { PeerId } from '@parley/protocol';

/** Tombstones per room; beyond it the oldest are dropped. */
export const MAX_TOMBSTONES = 10_000;

/** The tombstones of one room: peers that ended, and cannot be attached again while they are kept. */
export class Tombstones {
  /** Peer → expiry, the oldest first. */
  private readonly until = new Map<PeerId, number>();

  /** @param keepMs how long each is kept, milliseconds */
  constructor(private readonly keepMs: number) {}

  get size(): number {
    return this.until.size;
  }

  has(peer: PeerId): boolean {
    return this.until.has(peer);
  }

  add(peer: PeerId, now: number): void {
    this.until.delete(peer);
    this.until.set(peer, now + this.keepMs);
    for (const oldest of this.until.keys()) {
      if (this.until.size <= MAX_TOMBSTONES) break;
      this.until.delete(oldest);
    }
  }

  /** Drops the expired ones. */
  trim(now: number): void {
    for (const [peer, until] of this.until) {
      if (until > now) break;
      this.until.delete(peer);
    }
  }
}
