import type { HistoryEvent } from './history.js';
import type { Timeline } from './timeline.js';

/** The names of RELIABILITY's invariants. docs/reliability.md says each in words. */
export type Invariant =
  | `I${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19}`
  | `I2${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | 'I30';

/** One thing that must not have happened. */
export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
  /** What shows it. */
  readonly events: readonly HistoryEvent[];
}

/** Bounds in milliseconds that the rules judge by. */
export interface Bounds {
  /** From `send` to its result. */
  readonly resultMs: number;
  /** Sound paths for so long, and a signal must have arrived. */
  readonly soundMs: number;
  /** From the last fault until all rosters are equal. */
  readonly convergeMs: number;
  /** Until a client that crashed is shown as away, and until it is gone, once nothing else is wrong. */
  readonly awayMs: number;
  readonly goneMs: number;
  /** Until nothing of a removed peer passes any more. */
  readonly removedMs: number;
  /** Until the peer of a cancelled join, or the old one of a page that was reloaded, is gone for everyone. */
  readonly orphanMs: number;
  /** How much later a client's own result may be whose timers sleep. */
  readonly sleepMs: number;
}

export const BOUNDS: Bounds = {
  resultMs: 46_000,
  soundMs: 14_000,
  convergeMs: 10_000,
  awayMs: 25_000,
  goneMs: 60_000,
  removedMs: 1_000,
  orphanMs: 45_000,
  sleepMs: 60_000,
};

/** One rule, or some that belong together. */
export type Rule = (timeline: Timeline, bounds: Bounds) => Violation[];
