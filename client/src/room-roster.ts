import type { Clock } from './options.js';
import { type Delta, Roster, type RosterChange, type Snapshot } from './roster.js';

/** @internal How long those of the epoch before may take to come back: longer than two reconcile ticks of a server. */
export const UNSEEN_MS = 12_000;

/** @internal A roster that drops by itself who did not come back in a new epoch. */
export class RoomRoster extends Roster {
  #timer: unknown;

  constructor(
    private readonly clock: Clock,
    private readonly dropped: (changes: readonly RosterChange[]) => void,
  ) {
    super();
  }

  override replace(snapshot: Snapshot): RosterChange[] {
    const changes = super.replace(snapshot);
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
  }

  #watch(): void {
    if (!this.hasUnseen) this.close();
    else
      this.#timer ??= this.clock.setTimeout(() => {
        this.#timer = undefined;
        this.dropped(this.dropUnseen());
      }, UNSEEN_MS);
  }
}
