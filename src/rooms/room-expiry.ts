import { Inject, Injectable } from '@nestjs/common';
import type { RoomId } from '@parley/protocol';
import { EventOutbox } from '../bus/events/event-outbox.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import type { Presence } from '../presence/presence.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { RoomExpiryStore } from './room-expiry.store.js';

/** Rooms that are looked at together. */
const BATCH = 100;
/** Batches of one round; what is left waits for the next. */
const MAX_BATCHES = 10;

/**
 * Ends rooms at their time, and rooms that were empty for as long as they last so. To be run by one node at a time;
 * two at once do no harm, since a room is ended by whoever deletes its row. A node that dies between that and telling
 * the others leaves them to find out by themselves: each asks now and then for the rooms that it serves.
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

  /** One bounded round. @throws PresenceUnavailable when nobody can say who is in the rooms */
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

  /** @returns how many rooms looked empty. Those that are not do so no more. */
  private async endEmpty(): Promise<number> {
    // Twice as long as nodes need to say that somebody is there: one may be late, or the store may have been lost.
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
