import type { DialectName } from '../load/make-load.js';

/** Services for all systems, started once. */
export interface Ground {
  readonly secret: string;
  /** NODE_OPTIONS of the servers. */
  readonly nodeOptions: string;
  /** Undefined if no work of this run has two nodes. */
  readonly redis: { readonly url: string; readonly pid: number; empty(): Promise<void> } | undefined;
  /** Creates an empty database, on a PostgreSQL that is not measured. */
  createDatabase(): Promise<string>;
}

/** A running system, with its server processes. */
export interface Running {
  readonly ports: readonly number[];
  /** The roots of the process trees whose CPU counts, without Redis. */
  readonly pids: readonly number[];
  kill(node: number): void;
  stop(): Promise<void>;
}

/** A system that relays signals, started as its users start it. */
export interface System {
  readonly name: string;
  readonly dialect: DialectName;
  /** @param limits `raised`: with higher rate limits, for the load; `default`: with the default ones */
  start(ground: Ground, nodes: number, limits: 'raised' | 'default'): Promise<Running>;
}
