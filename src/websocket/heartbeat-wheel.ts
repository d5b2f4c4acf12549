/** The minimum time between two slots, milliseconds. */
const SLOT_MS = 100;
const MAX_SLOTS = 50;

/** An entry of a {@link HeartbeatWheel}. */
export interface WheelEntry {
  /** The slot that it is in; undefined when it is in no wheel. Written by {@link HeartbeatWheel} only. */
  slot: number | undefined;
}

/**
 * A set whose entries are visited once per round, one slot of it at each call, so that heartbeats do not delay the
 * signals behind them (docs/performance.md). An entry keeps its slot, so that exactly one round lies between two visits
 * to it, regardless of other entries.
 */
export class HeartbeatWheel<T extends WheelEntry> implements Iterable<T> {
  /** The number of slots, and so of calls per round. */
  readonly slots: number;
  private readonly members: readonly Set<T>[];
  private count = 0;
  private due = 0;

  /** @param roundMs how long a round takes, milliseconds; `next` is called `slots` times within it */
  constructor(private readonly roundMs: number) {
    this.slots = Math.max(1, Math.min(MAX_SLOTS, Math.floor(roundMs / SLOT_MS)));
    this.members = Array.from({ length: this.slots }, () => new Set<T>());
  }

  /** Milliseconds between two calls of {@link next}. */
  get everyMs(): number {
    return this.roundMs / this.slots;
  }

  get size(): number {
    return this.count;
  }

  /** Adds an entry to the slot with the fewest; its first visit comes within one round. */
  add(member: T): void {
    if (member.slot !== undefined) return;
    let least = 0;
    for (let slot = 1; slot < this.slots; slot += 1) {
      if (this.of(slot).size < this.of(least).size) least = slot;
    }
    this.of(least).add(member);
    member.slot = least;
    this.count += 1;
  }

  delete(member: T): void {
    if (member.slot === undefined) return;
    this.of(member.slot).delete(member);
    member.slot = undefined;
    this.count -= 1;
  }

  /** Returns the entries of the next slot. */
  next(): Iterable<T> {
    const slot = this.of(this.due);
    this.due = (this.due + 1) % this.slots;
    return slot;
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (const slot of this.members) yield* slot;
  }

  private of(slot: number): Set<T> {
    return this.members[slot] as Set<T>;
  }
}
