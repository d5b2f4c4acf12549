import { Inject, Injectable } from '@nestjs/common';
import type { Knock, UserId } from '@parley/protocol';
import { and, asc, count, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { insertAudit, type NewAuditRow } from '../../audit/audit.store.js';
import { DATABASE, type Database } from '../../database/database.tokens.js';
import { lockInTransaction } from '../../database/lock-in-transaction.js';
import { knocks } from '../../database/schema.js';
import { newId } from '../../ids/new-id.js';

/** A knock that no node has stood behind for so long is over: its node died. */
const SILENT_SECONDS = 90;

/** Who waits in the lobbies. */
@Injectable()
export class KnocksStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Somebody waits, or waits on another socket now.
   * @param max that may wait for one room
   */
  knock(
    { room, user, name, holder }: { room: string; user: string; name: string; holder: string },
    max: number,
  ): Promise<'waiting' | 'admitted' | 'full'> {
    return this.db.transaction(async (tx) => {
      await lockInTransaction(tx, 'lobby of', room);
      await tx.delete(knocks).where(and(eq(knocks.room, room), isNull(knocks.admittedAt), lt(knocks.seenAt, silent)));
      const [cached] = await tx
        .select()
        .from(knocks)
        .where(and(eq(knocks.room, room), eq(knocks.user, user)));
      if (cached?.admittedAt) return 'admitted';
      const [waiting] = await tx
        .select({ knocks: count() })
        .from(knocks)
        .where(and(eq(knocks.room, room), isNull(knocks.admittedAt)));
      if (cached === undefined && (waiting?.knocks ?? 0) >= max) return 'full';
      await tx
        .insert(knocks)
        .values({ room, user, name, holder, id: newId(12) })
        .onConflictDoUpdate({ target: [knocks.room, knocks.user], set: { name, holder, seenAt: sql`now()` } });
      return 'waiting';
    });
  }

  /** The socket that waited is gone, or does not wait any more. @returns whether it was the one */
  async withdraw(room: string, user: string, holder: string): Promise<boolean> {
    const gone = await this.db
      .delete(knocks)
      .where(and(eq(knocks.room, room), eq(knocks.user, user), eq(knocks.holder, holder), isNull(knocks.admittedAt)))
      .returning({ id: knocks.id });
    return gone.length > 0;
  }

  /** Still waiting. */
  async keep(room: string, user: string): Promise<void> {
    await this.db
      .update(knocks)
      .set({ seenAt: sql`now()` })
      .where(and(eq(knocks.room, room), eq(knocks.user, user)));
  }

  /** @returns the user who knocked; undefined when nobody waits under this id */
  find(room: string, id: string): Promise<string | undefined> {
    return this.db
      .select({ user: knocks.user })
      .from(knocks)
      .where(and(eq(knocks.room, room), eq(knocks.id, id), isNull(knocks.admittedAt)))
      .then(([row]) => row?.user);
  }

  /** @returns false when somebody else answered before */
  answer(room: string, id: string, admit: boolean, entry: NewAuditRow): Promise<boolean> {
    const wanted = and(eq(knocks.room, room), eq(knocks.id, id), isNull(knocks.admittedAt));
    return this.db.transaction(async (tx) => {
      const answered = admit
        ? await tx.update(knocks).set({ admittedAt: sql`now()` }).where(wanted).returning({ id: knocks.id })
        : await tx.delete(knocks).where(wanted).returning({ id: knocks.id });
      if (answered.length > 0) await insertAudit(tx, entry);
      return answered.length > 0;
    });
  }

  /** Those who are in already stay in when the room gets a door. */
  async admitAll(room: string, people: readonly { readonly user: string; readonly name: string }[]): Promise<void> {
    if (people.length === 0) return;
    const admittedAt = sql`now()`;
    await this.db
      .insert(knocks)
      .values(people.map(({ user, name }) => ({ room, user, name, id: newId(12), admittedAt })))
      .onConflictDoUpdate({ target: [knocks.room, knocks.user], set: { admittedAt } });
  }

  /** Who waits, longest first. */
  async list(room: string): Promise<Knock[]> {
    const rows = await this.db
      .select()
      .from(knocks)
      .where(and(eq(knocks.room, room), isNull(knocks.admittedAt), gt(knocks.seenAt, silent)))
      .orderBy(asc(knocks.since), asc(knocks.id))
      .limit(500);
    return rows.map(({ id, user, name, since }) => ({
      ...{ knock: id, user: user as UserId, name, since: since.getTime() },
    }));
  }
}

const silent = sql`now() - make_interval(secs => ${SILENT_SECONDS})`;
