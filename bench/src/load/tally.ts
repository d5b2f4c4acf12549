import { Latency } from '../measure/latency.js';
import type { Dialect } from './dialect.js';
import type { Reading } from './load.js';

/** Counts what was done and how long it took, and what must not happen while something is measured. */
export class Tally {
  units = 0;
  private readonly latency = new Latency();
  private wrong: string | undefined;

  constructor(private readonly dialect: Dialect) {}

  /** A unit was done that began then. */
  done(since: number): void {
    this.units += 1;
    this.latency.add(performance.now() - since);
  }

  /** Something began then and is not done: it takes so long at least. */
  waits(since: number): void {
    this.latency.add(performance.now() - since);
  }

  /** A frame that was not waited for: a refusal is a fault. */
  look(bytes: Buffer, start: number, end: number): void {
    if (this.dialect.isRefusal?.(bytes, start, end))
      this.fault(bytes.toString('utf8', start, Math.min(end, start + 300)));
  }

  fault(what: string): void {
    this.wrong ??= what;
  }

  /** @throws when something went wrong: refused work costs less, and would be taken for speed */
  read(more?: Readonly<Record<string, number>>): Reading {
    if (this.wrong !== undefined) throw new Error(this.wrong);
    const { units, latency } = this;
    const reading = { units, p50: latency.quantile(0.5), p99: latency.quantile(0.99), ...(more && { more }) };
    latency.reset();
    return reading;
  }
}
