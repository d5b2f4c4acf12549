import type { DialectName } from '../load/make-load.js';

/** What every system may need, started once for all of them. */
export interface Ground {
  readonly secret: string;
  /** NODE_OPTIONS of the servers. */
  readonly nodeOptions: string;
  /** Undefined: no work of this run has two nodes. */
  readonly redis: { readonly url: string; readonly pid: number; empty(): Promise<void> } | undefined;
  /** A new, empty database of a PostgreSQL outside of what is measured. */
  createDatabase(): Promise<string>;
}

/** A system that runs, and which processes are its servers. */
export interface Running {
  readonly ports: readonly number[];
  /** The roots of the process trees whose CPU counts, Redis not among them. */
  readonly pids: readonly number[];
  kill(node: number): void;
  stop(): Promise<void>;
}

/** Something that relays signals, started as its users start it. */
export interface System {
  readonly name: string;
  readonly dialect: DialectName;
  /** @param limits `raised`: the rates that the load would hit are; `default`: as whoever starts it has it */
  start(ground: Ground, nodes: number, limits: 'raised' | 'default'): Promise<Running>;
}
