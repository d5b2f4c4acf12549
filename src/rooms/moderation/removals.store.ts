import { Inject, Injectable } from '@nestjs/common';
import type { PeerId, RoomId, UserId } from '@parley/protocol';
import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { insertAudit, type NewAuditRow } from '../../audit/audit.store.js';
import { DATABASE, type Database, type Queries } from '../../database/database.tokens.js';
import { lockInTransaction } from '../../database/lock-in-transaction.js';
import { bans, knocks, refreshTokens, removals } from '../../database/schema.js';
import type { Removal } from './removal-log.js';

/** A ban as it is kept. */
export type Ban = typeof bans.$inferSelect;

/** Who is to go, and whether to stay out. */
export interface RemovalOrder {
  readonly room: RoomId;
  readonly user: UserId;
  readonly peers: readonly PeerId[];
  readonly ban: Pick<Ban, 'reason' | 'by' | 'until'> | undefined;
}

/** Writes that a user's tokens from before a moment count nowhere any more. */
export const insertRevocation = async (queries: Queries, user: string, before: Date): Promise<void> => {
  await queries.insert(removals).values({ room: null, user, at: before });
};

/** Who was put out, and who must stay out. */
@Injectable()
export class RemovalsStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Everything that lets the user in ends at once, and the trail says so: all or nothing.
   * @returns the moment from which on it holds
   */
  remove({ room, user, peers, ban }: RemovalOrder, entry: NewAuditRow): Promise<Date> {
    return this.db.transaction(async (tx) => {
      // A refresh that is under way is done first: its next token would not be seen below, nor be from before.
      await lockInTransaction(tx, 'tokens of', user);
      const at = new Date();
      if (ban !== undefined) {
        await tx
          .insert(bans)
          .values({ room, user, ...ban })
          .onConflictDoUpdate({ target: [bans.room, bans.user], set: { ...ban, createdAt: sql`now()` } });
      }
      await tx.delete(knocks).where(and(eq(knocks.room, room), eq(knocks.user, user)));
      // A guest's refresh token is for one room.
      await tx
        .delete(refreshTokens)
        .where(and(eq(refreshTokens.subject, user), sql`${refreshTokens.guest} ->> 'room' = ${room}`));
      await tx.insert(removals).values({ room, user, at, peers: [...peers] });
      await insertAudit(tx, entry);
      return at;
    });
  }

  /** Those that hold, newest first. */
  bans(room: string): Promise<Ban[]> {
    return this.db
      .select()
      .from(bans)
      .where(and(eq(bans.room, room), or(isNull(bans.until), gt(bans.until, sql`now()`))))
      .orderBy(desc(bans.createdAt))
      .limit(1_000);
  }

  async isBanned(room: string, user: string): Promise<boolean> {
    const holds = or(isNull(bans.until), gt(bans.until, sql`now()`));
    const found = await this.db
      .select({ user: bans.user })
      .from(bans)
      .where(and(eq(bans.room, room), eq(bans.user, user), holds));
    return found.length > 0;
  }

  unban(room: string, user: string, entry: NewAuditRow): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const gone = await tx
        .delete(bans)
        .where(and(eq(bans.room, room), eq(bans.user, user)))
        .returning({ user: bans.user });
      if (gone.length > 0) await insertAudit(tx, entry);
      return gone.length > 0;
    });
  }

  /** Those of the last seconds, oldest first. */
  async recent(seconds: number, max: number): Promise<Removal[]> {
    const rows = await this.db
      .select()
      .from(removals)
      .where(gt(removals.at, sql`now() - make_interval(secs => ${seconds})`))
      .orderBy(desc(removals.id))
      .limit(max);
    return rows.reverse().map(({ id, room, user, at, peers }) => ({
      ...{ id, room: (room as RoomId | null) ?? undefined, user: user as UserId, at: at.getTime() },
      peers: peers as PeerId[],
    }));
  }
}
