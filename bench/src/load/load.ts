/** A reading of a load. */
export interface Reading {
  /** Units of work since the start. */
  readonly units: number;
  /** Since the previous reading, milliseconds; NaN if nothing was measured. */
  readonly p50: number;
  readonly p99: number;
  /** Other counters since the start. */
  readonly more?: Readonly<Record<string, number>>;
}

/** A load on a server. It runs in the generator's process, and ends with it. */
export interface Load {
  /** Prepares the load; this is not measured. */
  prepare(): Promise<void>;
  /** Starts the load, which runs without an end or until the returned promise resolves. */
  start(): void | Promise<void>;
  /** @throws if the server refused something that counts as work */
  read(): Reading;
  /** Completes work in progress, for loads that have some. */
  finish?(): Promise<void>;
}
