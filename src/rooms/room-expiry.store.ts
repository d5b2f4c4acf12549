import { Inject, Injectable } from '@nestjs/common';
import { and, asc, inArray, lte, type SQL, sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { audit, rooms } from '../database/schema.js';

/** Why a room ended by itself. */
export type EndReason = 'time' | 'empty';

/** When rooms end, in the database. */
@Injectable()
export class RoomExpiryStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Notes that somebody is in these rooms, for those that end when empty.
   * @returns those that there are
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

  /** Ends rooms whose time has come; at most so many. */
  endDue(max: number): Promise<string[]> {
    return this.end('time', lte(rooms.endsAt, sql`now()`), max);
  }

  /** Rooms that nobody was seen in for as long as they last without, and `marginMs` more. */
  async findEmpty(marginMs: number, max: number): Promise<string[]> {
    const found = await this.db
      .select({ id: rooms.id })
      .from(rooms)
      .where(isEmptyFor(marginMs))
      .orderBy(asc(rooms.emptySince))
      .limit(max);
    return found.map(({ id }) => id);
  }

  /** Ends those of the rooms that nobody was seen in meanwhile either. */
  async endEmpty(ids: readonly string[], marginMs: number): Promise<string[]> {
    if (ids.length === 0) return [];
    return this.end('empty', and(inArray(rooms.id, [...ids]), isEmptyFor(marginMs)), ids.length);
  }

  /** The rooms are gone and the trail says so, or neither. One that another node is ending is left to it. */
  private end(reason: EndReason, which: SQL | undefined, max: number): Promise<string[]> {
    return this.db.transaction(async (tx) => {
      const due = tx.select({ id: rooms.id }).from(rooms).where(which).limit(max).for('update', { skipLocked: true });
      const gone = await tx.delete(rooms).where(inArray(rooms.id, due)).returning({ id: rooms.id });
      const lines = gone.map(({ id }) => ({ action: 'room.end', room: id, details: { reason } }));
      if (lines.length > 0) await tx.insert(audit).values(lines);
      return gone.map(({ id }) => id);
    });
  }
}

const isEmptyFor = (marginMs: number): SQL =>
  sql`${rooms.endWhenEmptySeconds} is not null and ${rooms.emptySince}
    + make_interval(secs => ${rooms.endWhenEmptySeconds} + ${marginMs / 1000}::float8) <= now()`;
