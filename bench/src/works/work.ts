import type { Ground, System } from '../systems/system.js';

/** Durations and amounts; `--quick` only shows that the benchmark works. */
export interface Size {
  readonly quick: boolean;
  /** Units of warm-up: the compilation of code depends on executions, not on time. */
  readonly warmUpUnits: number;
  readonly measureMs: number;
}

/** One measurement of one system. Figures that a work does not have are absent. */
export interface Figures {
  /** The compared figure: microseconds of the servers' CPU (or KiB, or milliseconds) per unit. Less is better. */
  readonly cost: number;
  readonly perSecond?: number;
  readonly p50?: number;
  readonly p99?: number;
  /** Redis's share of `cost`, and its commands per unit. */
  readonly redis?: number;
  readonly commands?: number;
  /** The use of one core by the generator, and by other processes of the machine. */
  readonly generator?: number;
  readonly others?: number;
  /** Other counters of a work. */
  readonly more?: Readonly<Record<string, number>>;
}

/** One kind of work. */
export interface Work {
  readonly name: string;
  /** A description of the work and its unit. */
  readonly title: string;
  /** The unit of `cost`, as in `3 µs CPU per signal`. */
  readonly figure: string;
  readonly nodes: 1 | 2;
  /** Names of the systems that support it, the reference first. */
  readonly systems: readonly string[];
  run(system: System, ground: Ground, size: Size): Promise<Figures>;
}
