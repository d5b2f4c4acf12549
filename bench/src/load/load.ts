/** What a load says of itself when it is asked. */
export interface Reading {
  /** Units of work that were done since it began. */
  readonly units: number;
  /** Of the time since the last reading, milliseconds; NaN when nothing was measured. */
  readonly p50: number;
  readonly p99: number;
  /** What else was counted, since it began. */
  readonly more?: Readonly<Record<string, number>>;
}

/** Something that a server is put under. Lives in the generator's process, and ends with it. */
export interface Load {
  /** Everything that is not measured. */
  prepare(): Promise<void>;
  /** Begins; goes on for good, or until the promise that comes back is resolved. */
  start(): void | Promise<void>;
  /** @throws when the server refused something that is counted as work */
  read(): Reading;
  /** Comes to an orderly end, for a load that leaves something to come to an end. */
  finish?(): Promise<void>;
}
