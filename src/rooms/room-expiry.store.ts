import { Inject, Injectable } from '@nestjs/common';
import { and, asc, inArray, lte, type SQL, sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { audit, rooms } from '../database/schema.js';

/** Why a room expired. */
export type EndReason = 'time' | 'empty';

/** Stores when rooms were last occupied, and ends the expired ones. */
@Injectable()
export class RoomExpiryStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Marks rooms as occupied now, as far as they end when empty.
   * @returns those of the rooms that exist
   */
  async occupied(ids: readonly string[]): Promise<string[]> {
    const found = await this.db
      .select({ id: rooms.id, ends: sql<boolean>`${rooms.endWhenEmptySeconds} is not null` })
      .from(rooms)
      .where(inArray(rooms.id, [...ids]));
    const ending = found.filter(({ ends }) => ends).map(({ id }) => id);
    if (ending.length > 0) {
      await this.db.update(rooms).set({ emptySince: sql`now()` }).where(inArray(rooms.id, ending));
    }
    return found.map(({ id }) => id);
  }

  /** Ends at most `max` rooms whose end time has passed. @returns their ids */
  endDue(max: number): Promise<string[]> {
    return this.end('time', lte(rooms.endsAt, sql`now()`), max);
  }

  /** Rooms that were empty for their `endWhenEmptySeconds` plus `marginMs`. */
  async findEmpty(marginMs: number, max: number): Promise<string[]> {
    const found = await this.db
      .select({ id: rooms.id })
      .from(rooms)
      .where(isEmptyFor(marginMs))
      .orderBy(asc(rooms.emptySince))
      .limit(max);
    return found.map(({ id }) => id);
  }

  /** Ends those of the rooms that are still empty. @returns their ids */
  async endEmpty(ids: readonly string[], marginMs: number): Promise<string[]> {
    if (ids.length === 0) return [];
    return this.end('empty', and(inArray(rooms.id, [...ids]), isEmptyFor(marginMs)), ids.length);
  }

  /** Deletes rooms and writes their audit entries in one transaction, skipping rows that another node has locked. */
  private end(reason: EndReason, which: SQL | undefined, max: number): Promise<string[]> {
    return this.db.transaction(async (tx) => {
      const due = tx.select({ id: rooms.id }).from(rooms).where(which).limit(max).for('update', { skipLocked: true });
      const gone = await tx.delete(rooms).where(inArray(rooms.id, due)).returning({ id: rooms.id });
      const entries = gone.map(({ id }) => ({ action: 'room.end', room: id, details: { reason } }));
      if (entries.length > 0) await tx.insert(audit).values(entries);
      return gone.map(({ id }) => id);
    });
  }
}

const isEmptyFor = (marginMs: number): SQL =>
  sql`${rooms.endWhenEmptySeconds} is not null and ${rooms.emptySince}
    + make_interval(secs => ${rooms.endWhenEmptySeconds} + ${marginMs / 1000}::float8) <= now()`;
