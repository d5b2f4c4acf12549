/** Nothing is put off for less than this, milliseconds. */
const PART_MS = 100;
const MOST_PARTS = 50;

/** Who can be gone round to. */
export interface Visited {
  /** Which part of a round it is in; undefined: in none. Written by {@link Rounds} alone. */
  part: number | undefined;
}

/**
 * A set that is gone round within a time, a part of it at each call. To ping 20,000 sockets at one moment holds up
 * every signal behind them for a third of a second; in fifty parts it is a few milliseconds. Each member keeps its part
 * for as long as it is there, so that a round lies between two visits, whoever else comes and goes.
 */
export class Rounds<T extends Visited> implements Iterable<T> {
  /** Calls in a round. */
  readonly parts: number;
  private readonly members: readonly Set<T>[];
  private count = 0;
  private due = 0;

  /** @param roundMs how long a round takes; it is called `parts` times within it */
  constructor(private readonly roundMs: number) {
    this.parts = Math.max(1, Math.min(MOST_PARTS, Math.floor(roundMs / PART_MS)));
    this.members = Array.from({ length: this.parts }, () => new Set<T>());
  }

  /** When the next call is due after this one. */
  get everyMs(): number {
    return this.roundMs / this.parts;
  }

  get size(): number {
    return this.count;
  }

  /** Into the part with the fewest; its first visit comes within a round. */
  add(member: T): void {
    if (member.part !== undefined) return;
    let least = 0;
    for (let part = 1; part < this.parts; part += 1) {
      if (this.of(part).size < this.of(least).size) least = part;
    }
    this.of(least).add(member);
    member.part = least;
    this.count += 1;
  }

  delete(member: T): void {
    if (member.part === undefined) return;
    this.of(member.part).delete(member);
    member.part = undefined;
    this.count -= 1;
  }

  /** The next part of the round. */
  next(): Iterable<T> {
    const part = this.of(this.due);
    this.due = (this.due + 1) % this.parts;
    return part;
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (const part of this.members) yield* part;
  }

  private of(part: number): Set<T> {
    return this.members[part] as Set<T>;
  }
}
