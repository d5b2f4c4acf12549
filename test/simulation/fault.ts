import type { Simulation } from './simulation.js';

/** A fault that has begun. */
export interface Running {
  /** Whom it touches; absent: everybody. */
  readonly target?: readonly string[];
  /** Until it is over, with its direct consequences. */
  readonly ms: number;
  /** What ends it. */
  readonly stop?: () => void;
}

/** Begins it. Undefined: there is nothing here that it could break. */
export type Fault = (run: Simulation) => Running | undefined;

/** Faults by name; `maxMs`: the longest that each may last. */
export type FaultTable = Readonly<Record<string, { readonly begin: Fault; readonly maxMs: number }>>;
