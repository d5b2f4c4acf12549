import type { Ground, System } from '../systems/system.js';

/** How long and how much: `--quick` only shows that it works. */
export interface Size {
  readonly quick: boolean;
  /** Units before anything is measured: code is compiled by what ran through it, not by time. */
  readonly warmUpUnits: number;
  readonly measureMs: number;
}

/** One measurement of one system. What a work has no figure for is left out. */
export interface Figures {
  /** What is compared: of the servers, microseconds of CPU (or KiB, or milliseconds) a unit. Less is better. */
  readonly cost: number;
  readonly perSecond?: number;
  readonly p50?: number;
  readonly p99?: number;
  /** Redis's share in `cost`, and how many commands it ran a unit. */
  readonly redis?: number;
  readonly commands?: number;
  /** The generator's share of one core, and what others used of the machine: shares of one core. */
  readonly generator?: number;
  readonly others?: number;
  /** What else a work counts. */
  readonly more?: Readonly<Record<string, number>>;
}

/** One kind of work. */
export interface Work {
  readonly name: string;
  /** For a person: what is done, and what a unit is. */
  readonly title: string;
  /** What `cost` is, as in `3 µs CPU per signal`. */
  readonly figure: string;
  readonly nodes: 1 | 2;
  /** Names of the systems that can do it, the reference first. */
  readonly systems: readonly string[];
  run(system: System, ground: Ground, size: Size): Promise<Figures>;
}
