import { Inject, Injectable } from '@nestjs/common';
import type { Knock, UserId } from '@parley/protocol';
import { and, asc, count, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { insertAudit, type NewAuditRow } from '../../audit/audit.store.js';
import { DATABASE, type Database } from '../../database/database.tokens.js';
import { lockInTransaction } from '../../database/lock-in-transaction.js';
import { knocks } from '../../database/schema.js';
import { newId } from '../../ids/new-id.js';

/** A knock that no node renewed for so long has expired: its node died. */
const SILENT_SECONDS = 90;

/** Stores knocks: users who wait in lobbies, and users who were admitted. */
@Injectable()
export class KnocksStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Adds a user to the lobby, or moves a waiting one to another socket.
   * @param max waiting users per room
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

  /** Withdraws the knock of a socket. @returns false when another socket of the user waits by now */
  async withdraw(room: string, user: string, holder: string): Promise<boolean> {
    const gone = await this.db
      .delete(knocks)
      .where(and(eq(knocks.room, room), eq(knocks.user, user), eq(knocks.holder, holder), isNull(knocks.admittedAt)))
      .returning({ id: knocks.id });
    return gone.length > 0;
  }

  /** Renews a knock. */
  async keep(room: string, user: string): Promise<void> {
    await this.db
      .update(knocks)
      .set({ seenAt: sql`now()` })
      .where(and(eq(knocks.room, room), eq(knocks.user, user)));
  }

  /** @returns the user who knocked; undefined when no waiting knock has this id */
  find(room: string, id: string): Promise<string | undefined> {
    return this.db
      .select({ user: knocks.user })
      .from(knocks)
      .where(and(eq(knocks.room, room), eq(knocks.id, id), isNull(knocks.admittedAt)))
      .then(([row]) => row?.user);
  }

  /** Admits or denies a knock. @returns false when it was already answered */
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

  /** Admits several users at once. */
  async admitAll(room: string, admitted: readonly { readonly user: string; readonly name: string }[]): Promise<void> {
    if (admitted.length === 0) return;
    const admittedAt = sql`now()`;
    await this.db
      .insert(knocks)
      .values(admitted.map(({ user, name }) => ({ room, user, name, id: newId(12), admittedAt })))
      .onConflictDoUpdate({ target: [knocks.room, knocks.user], set: { admittedAt } });
  }

  /** The waiting users, longest wait first. */
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
