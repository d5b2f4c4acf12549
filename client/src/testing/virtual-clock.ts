import type { Clock } from '../options.js';

interface Timer {
  readonly at: number;
  readonly id: number;
  readonly run: () => void;
}

/** Time that moves only when a test says so. Timers of one moment run in the order they were set. */
export class VirtualClock implements Clock {
  #now = 0;
  #nextId = 1;
  readonly #timers = new Map<number, Timer>();

  now(): number {
    return this.#now;
  }

  get timers(): number {
    return this.#timers.size;
  }

  setTimeout(run: () => void, delayMs: number): unknown {
    const id = this.#nextId++;
    this.#timers.set(id, { at: this.#now + Math.max(0, delayMs), id, run });
    return id;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as number);
  }

  /** Run everything that is due within the next `ms`. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#take(end); timer; timer = this.#take(end)) timer.run();
    this.#now = end;
  }

  /** The same, letting promises settle after each timer. */
  async advanceAsync(ms: number, turns = 20): Promise<void> {
    const end = this.#now + ms;
    await settle(turns);
    for (let timer = this.#take(end); timer; timer = this.#take(end)) {
      timer.run();
      await settle(turns);
    }
    this.#now = end;
  }

  #take(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers.values())
      if (timer.at <= end && (!next || timer.at < next.at || (timer.at === next.at && timer.id < next.id)))
        next = timer;
    if (!next) return undefined;
    this.#timers.delete(next.id);
    this.#now = next.at;
    return next;
  }
}

/** Let everything that waits on promises alone go on. */
export const settle = async (turns = 20): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
};

/** A small seeded generator (mulberry32), so that a failing seed can be run again. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};
