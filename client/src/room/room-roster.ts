import type { Clock } from '../options.js';
import { type Delta, Roster, type RosterChange, type Snapshot } from './roster.js';

/**
 * @internal A roster that drops those who did not come back in a new epoch. Only a roster that was read after their
 * time tells: a client that was cut off meanwhile has not heard of those who came.
 */
export class RoomRoster extends Roster {
  #timer: unknown;
  #overdue = false;

  constructor(
    private readonly clock: Clock,
    /**
     * How long those of the epoch before may take to come back. The resume window: their node may have died with the
     * store, and they do not know yet.
     */
    private readonly windowMs: () => number,
    /** Read the whole roster again. */
    private readonly ask: () => void,
  ) {
    super();
  }

  override adopt(snapshot: Snapshot): RosterChange[] {
    const before = this.epoch;
    const changes = super.adopt(snapshot);
    if (this.epoch !== before) this.close();
    else if (this.#overdue) changes.push(...this.dropUnseen());
    this.#watch();
    return changes;
  }

  override apply(delta: Delta): RosterChange[] | 'gap' {
    const changes = super.apply(delta);
    if (!this.hasUnseen) this.close();
    return changes;
  }

  close(): void {
    this.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#overdue = false;
  }

  #watch(): void {
    if (!this.hasUnseen) this.close();
    else if (!this.#overdue)
      this.#timer ??= this.clock.setTimeout(() => {
        this.#timer = undefined;
        this.#overdue = true;
        this.ask();
      }, this.windowMs());
  }
}
