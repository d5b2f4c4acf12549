import type { PeerId } from '@parley/protocol';

/** Peer ids that may be remembered as ended in one room; beyond it the oldest are forgotten. */
export const MAX_TOMBSTONES = 10_000;

/** The peers of one room that are over: none of them comes back while it is remembered. */
export class Tombstones {
  /** Until when, oldest first. */
  private readonly until = new Map<PeerId, number>();

  /** @param keepMs how long each is remembered */
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

  /** Forgets those whose time is over. */
  trim(now: number): void {
    for (const [peer, until] of this.until) {
      if (until > now) break;
      this.until.delete(peer);
    }
  }
}
