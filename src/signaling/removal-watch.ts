import type { Bus } from '../bus/bus.js';
import type { RemovalLog } from '../rooms/moderation/removal-log.js';
import type { LocalRooms } from './local-rooms.js';

const LOOK_MS = 500;
/** Longer than a lease: a node that Redis forgot is told nothing until it renewed. */
const DOUBT_MS = 15_000;
/** How far back one look reaches beyond the beginning of the doubt, seconds. */
const MARGIN_SECONDS = 30;
/** Removals that were acted on and may be read again. */
const MAX_SEEN = 10_000;

/**
 * While the bus is away, and for a while after each gap, a node may not hear who was put out: then it reads it in
 * the database, twice a second. What was heard before is not acted on again.
 */
export class RemovalWatch {
  private timer: NodeJS.Timeout | undefined;
  private doubtFrom: number | undefined;
  private doubtUntil = 0;
  private looking = false;
  private readonly seen = new Set<number>();

  /** @param now monotonic milliseconds */
  constructor(
    private readonly log: RemovalLog,
    private readonly bus: Bus,
    private readonly rooms: LocalRooms,
    private readonly now: () => number,
  ) {
    bus.onGap(() => {
      this.doubt();
      void this.look();
    });
  }

  start(): void {
    this.timer = setInterval(() => void this.tick(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    if (!this.bus.available) this.doubt();
    if (this.now() < this.doubtUntil) await this.look();
    else this.doubtFrom = undefined;
  }

  private doubt(): void {
    this.doubtFrom ??= this.now();
    this.doubtUntil = this.now() + DOUBT_MS;
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const seconds = Math.ceil((this.now() - (this.doubtFrom ?? this.now())) / 1000) + MARGIN_SECONDS;
      for (const { id, room, user, at, peers } of await this.log.recent(seconds)) {
        if (this.seen.has(id)) continue;
        this.remember(id);
        if (room === undefined) this.bus.hear({ fact: 'user_revoked', user, before: at });
        else this.bus.hear({ fact: 'user_removed', room, user, at, peers });
      }
      const local = [...this.rooms.all].map((room) => room.id);
      for (const room of await this.log.gone(local)) this.bus.hear({ fact: 'room_closed', room });
    } catch {
      // The database is away too: the next look asks again.
    } finally {
      this.looking = false;
    }
  }

  private remember(id: number): void {
    this.seen.add(id);
    const oldest = this.seen.values().next();
    if (this.seen.size > MAX_SEEN && oldest.done !== true) this.seen.delete(oldest.value);
  }
}
