import type { Bus } from '../../bus/bus.js';
import type { RemovalLog } from '../../rooms/moderation/removal-log.js';
import type { RoomHub } from '../rooms/room-hub.js';

const POLL_MS = 500;
/** Longer than a lease: a node that Redis forgot is told nothing until it renewed. */
const DOUBT_MS = 15_000;
/** How far back one look reaches beyond the beginning of the doubt, seconds. */
const MARGIN_SECONDS = 30;
/** Rooms that one question is about. */
const MAX_ROOMS = 1_000;
/** Removals that were acted on and may be read again. */
const MAX_SEEN = 10_000;

/**
 * While the bus is away, and for a while after each gap, a node may not hear who was put out: then it reads it in
 * the database, twice a second. What was heard before is not acted on again.
 *
 * That a room ended is looked for always, if more slowly: whoever ended it may have died before it told anybody. The
 * same question says which rooms somebody is in.
 */
export class RemovalPoller {
  private readonly timers: NodeJS.Timeout[] = [];
  private doubtFrom: number | undefined;
  private doubtUntil = 0;
  private readonly polling = new Set<string>();
  private readonly seen = new Set<number>();

  /**
   * @param now monotonic milliseconds
   * @param roomsMs how often rooms are looked for
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

  /** One look of a kind at a time. */
  private async attempt(kind: string, poll: () => Promise<void>): Promise<void> {
    if (this.polling.has(kind)) return;
    this.polling.add(kind);
    try {
      await poll();
    } catch {
      // The database is away too: the next look asks again.
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
