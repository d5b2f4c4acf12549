/** Nothing is put off for less than this, milliseconds. */
const SLOT_MS = 100;
const MAX_SLOTS = 50;

/** Who can be gone round to. */
export interface WheelEntry {
  /** Which part of a round it is in; undefined: in none. Written by {@link HeartbeatWheel} alone. */
  slot: number | undefined;
}

/**
 * A set that is gone round within a time, a part of it at each call. To ping 20,000 sockets at one moment holds up
 * every signal behind them for a third of a second; in fifty parts it is a few milliseconds. Each member keeps its part
 * for as long as it is there, so that a round lies between two visits, whoever else comes and goes.
 */
export class HeartbeatWheel<T extends WheelEntry> implements Iterable<T> {
  /** Calls in a round. */
  readonly slots: number;
  private readonly members: readonly Set<T>[];
  private count = 0;
  private due = 0;

  /** @param roundMs how long a round takes; it is called `parts` times within it */
  constructor(private readonly roundMs: number) {
    this.slots = Math.max(1, Math.min(MAX_SLOTS, Math.floor(roundMs / SLOT_MS)));
    this.members = Array.from({ length: this.slots }, () => new Set<T>());
  }

  /** When the next call is due after this one. */
  get everyMs(): number {
    return this.roundMs / this.slots;
  }

  get size(): number {
    return this.count;
  }

  /** Into the part with the fewest; its first visit comes within a round. */
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

  /** The next part of the round. */
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
