import { Latency } from '../measure/latency.js';
import type { Dialect } from './dialect.js';
import type { Reading } from './load.js';

/** Counts work and its latency, and events that make a measurement invalid. */
export class Tally {
  units = 0;
  private readonly latency = new Latency();
  private wrong: string | undefined;

  constructor(private readonly dialect: Dialect) {}

  /** Records a completed unit, with its start. */
  done(since: number): void {
    this.units += 1;
    this.latency.add(performance.now() - since);
  }

  /** Records a unit that is not completed yet, by its duration so far. */
  waits(since: number): void {
    this.latency.add(performance.now() - since);
  }

  /** Checks an unexpected frame: a refusal is an error. */
  look(bytes: Buffer, start: number, end: number): void {
    if (this.dialect.isRefusal?.(bytes, start, end))
      this.fault(bytes.toString('utf8', start, Math.min(end, start + 300)));
  }

  fault(what: string): void {
    this.wrong ??= what;
  }

  /** @throws if something failed: refused work costs less, and would look like speed */
  read(more?: Readonly<Record<string, number>>): Reading {
    if (this.wrong !== undefined) throw new Error(this.wrong);
    const { units, latency } = this;
    const reading = { units, p50: latency.quantile(0.5), p99: latency.quantile(0.99), ...(more && { more }) };
    latency.reset();
    return reading;
  }
}
