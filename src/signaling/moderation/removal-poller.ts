import type { Bus } from '../../bus/bus.js';
import type { RemovalLog } from '../../rooms/moderation/removal-log.js';
import type { RoomHub } from '../rooms/room-hub.js';

const POLL_MS = 500;
/** How long to poll after a gap. Longer than a lease: a node that Redis forgot receives nothing until it renews. */
const DOUBT_MS = 15_000;
/** How far a query reaches back beyond the start of the gap, seconds. */
const MARGIN_SECONDS = 30;
/** Rooms per query. */
const MAX_ROOMS = 1_000;
/** Applied removals to remember, as later queries return them again. */
const MAX_SEEN = 10_000;

/**
 * Polls the database for removals while cluster events may be lost: twice a second while the bus is unavailable, and
 * for 15 s after each gap. Removals that were applied already are skipped.
 *
 * Ended rooms are polled for at all times, more slowly: the node that ended one may have died before it published the
 * event. The same query records which rooms are occupied.
 */
export class RemovalPoller {
  private readonly timers: NodeJS.Timeout[] = [];
  private doubtFrom: number | undefined;
  private doubtUntil = 0;
  private readonly polling = new Set<string>();
  private readonly seen = new Set<number>();

  /**
   * @param now monotonic milliseconds
   * @param roomsMs milliseconds between two queries for ended rooms
   */
  constructor(
    private readonly log: RemovalLog,
    private readonly bus: Bus,
    private readonly rooms: RoomHub,
    private readonly now: () => number,
    private readonly roomsMs: number,
  ) {
    bus.onGap(() => {
      this.doubt();
      void this.poll();
    });
  }

  start(): void {
    this.timers.push(
      setInterval(() => void this.tick(), POLL_MS).unref(),
      setInterval(() => void this.attempt('rooms', () => this.pollRooms()), this.roomsMs).unref(),
    );
  }

  stop(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  private async tick(): Promise<void> {
    if (!this.bus.available) this.doubt();
    if (this.now() < this.doubtUntil) await this.poll();
    else this.doubtFrom = undefined;
  }

  private doubt(): void {
    this.doubtFrom ??= this.now();
    this.doubtUntil = this.now() + DOUBT_MS;
  }

  private poll(): Promise<void> {
    return this.attempt('removals', async () => {
      const seconds = Math.ceil((this.now() - (this.doubtFrom ?? this.now())) / 1000) + MARGIN_SECONDS;
      for (const { id, room, user, at, peers } of await this.log.recent(seconds)) {
        if (this.seen.has(id)) continue;
        this.remember(id);
        if (room === undefined) this.bus.dispatchLocal({ fact: 'user_revoked', user, before: at });
        else this.bus.dispatchLocal({ fact: 'user_removed', room, user, at, peers });
      }
      await this.pollRooms();
    });
  }

  private async pollRooms(): Promise<void> {
    const local = [...this.rooms.all].map((room) => room.id);
    for (let from = 0; from < local.length; from += MAX_ROOMS) {
      const ended = await this.log.occupied(local.slice(from, from + MAX_ROOMS));
      for (const room of ended) this.bus.dispatchLocal({ fact: 'room_closed', room });
    }
  }

  /** Runs at most one query of each kind at a time. */
  private async attempt(kind: string, poll: () => Promise<void>): Promise<void> {
    if (this.polling.has(kind)) return;
    this.polling.add(kind);
    try {
      await poll();
    } catch {
      // The database is unavailable too; the next tick asks again.
    } finally {
      this.polling.delete(kind);
    }
  }

  private remember(id: number): void {
    this.seen.add(id);
    const oldest = this.seen.values().next();
    if (this.seen.size > MAX_SEEN && oldest.done !== true) this.seen.delete(oldest.value);
  }
}
