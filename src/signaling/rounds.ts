/** Nothing is put off for less than this, milliseconds. */
const PART_MS = 100;
const MOST_PARTS = 50;

/**
 * Goes round all of a set within a time, a part of it at each call. To ping 20,000 sockets at one moment holds up
 * every signal behind them for a third of a second; in fifty parts it is a few milliseconds.
 */
export class Rounds<T> {
  /** Calls in a round. */
  readonly parts: number;
  private part = 0;
  private seen = 0;
  private round: Iterator<T> | undefined;

  /** @param roundMs how long a round takes; it is called `parts` times within it */
  constructor(
    private readonly all: ReadonlySet<T>,
    private readonly roundMs: number,
  ) {
    this.parts = Math.max(1, Math.min(MOST_PARTS, Math.floor(roundMs / PART_MS)));
  }

  /** When the next call is due after this one. */
  get everyMs(): number {
    return this.roundMs / this.parts;
  }

  /** The next part: whoever is there from a round's begin to its end comes once in it, and so does who comes meanwhile. */
  *next(): Generator<T, void> {
    if (this.part === 0) {
      this.round = this.all.values();
      this.seen = 0;
    }
    const left = this.parts - this.part;
    this.part = (this.part + 1) % this.parts;
    const most = left === 1 ? Number.POSITIVE_INFINITY : Math.ceil((this.all.size - this.seen) / left);
    for (let count = 0; count < most; count += 1) {
      const { value, done } = (this.round as Iterator<T>).next();
      if (done === true) return;
      this.seen += 1;
      yield value;
    }
  }
}
