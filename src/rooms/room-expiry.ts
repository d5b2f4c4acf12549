import { Inject, Injectable } from '@nestjs/common';
import type { RoomId } from '@parley/protocol';
import { EventOutbox } from '../bus/events/event-outbox.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { Presence } from '../presence/presence.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { RoomExpiryStore } from './room-expiry.store.js';

/** Rooms per batch. */
const BATCH = 100;
/** Maximum batches per round; the rest waits for the next round. */
const MAX_BATCHES = 10;

/**
 * Ends rooms at their end time, and rooms that were empty for too long. Runs on one node at a time; two at once are
 * harmless, because deleting the row decides which node ends a room. If that node dies before it publishes the event,
 * the others notice when they next poll for the rooms that they serve.
 */
@Injectable()
export class RoomExpiry {
  /** Rooms that this node ended. */
  ended = 0;

  constructor(
    private readonly store: RoomExpiryStore,
    private readonly events: EventOutbox,
    @Inject(PRESENCE) private readonly presence: Presence,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Runs one bounded round. @throws PresenceUnavailable when the occupants of rooms are unknown */
  async run(signal?: AbortSignal): Promise<void> {
    for (let batch = 0; batch < MAX_BATCHES && !signal?.aborted; batch += 1) {
      const due = await this.store.endDue(BATCH);
      await this.publishEnded(due);
      if (due.length < BATCH) break;
    }
    for (let batch = 0; batch < MAX_BATCHES && !signal?.aborted; batch += 1) {
      if ((await this.endEmpty()) < BATCH) break;
    }
  }

  /** @returns the number of rooms that looked empty; those with occupants are marked as occupied */
  private async endEmpty(): Promise<number> {
    // Twice the nodes' reporting interval: a report may be late, or the presence store may have lost its data.
    const marginMs = 2 * this.config.rooms.checkMs;
    const suspects = await this.store.findEmpty(marginMs, BATCH);
    const [empty, occupied]: [string[], string[]] = [[], []];
    for (const id of suspects) {
      const { members } = await this.presence.snapshot(id as RoomId);
      (members.length === 0 ? empty : occupied).push(id);
    }
    if (occupied.length > 0) await this.store.occupied(occupied);
    await this.publishEnded(await this.store.endEmpty(empty, marginMs));
    return suspects.length;
  }

  private async publishEnded(ids: readonly string[]): Promise<void> {
    this.ended += ids.length;
    for (const id of ids) await this.events.publish({ fact: 'room_closed', room: id as RoomId });
  }
}
