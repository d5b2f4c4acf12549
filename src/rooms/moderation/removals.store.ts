import { Inject, Injectable } from '@nestjs/common';
import type { PeerId, RoomId, UserId } from '@parley/protocol';
import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { insertAudit, type NewAuditRow } from '../../audit/audit.store.js';
import { DATABASE, type Database, type Queries } from '../../database/database.tokens.js';
import { lockInTransaction } from '../../database/lock-in-transaction.js';
import { bans, invites, knocks, memberships, refreshTokens, removals } from '../../database/schema.js';
import { barFromInvites } from './invite-uses.store.js';
import type { Removal } from './removal-log.js';

/** A stored ban. */
export type Ban = typeof bans.$inferSelect;

/** A user to remove from a room, and optionally to ban. */
export interface RemovalOrder {
  readonly room: RoomId;
  readonly user: UserId;
  readonly peers: readonly PeerId[];
  readonly ban: Pick<Ban, 'reason' | 'by' | 'until'> | undefined;
}

/** Records that a user's tokens issued before a time are revoked everywhere. */
export const insertRevocation = async (queries: Queries, user: string, before: Date): Promise<void> => {
  await queries.insert(removals).values({ room: null, user, at: before });
};

/** Stores removals and bans. */
@Injectable()
export class RemovalsStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Revokes everything that admits the user and writes the audit entry, in one transaction. A membership that an invite
   * gave ends, and a ban also ends the invites that the user created.
   * @returns the time of the removal; tokens issued earlier are not valid in the room
   */
  remove({ room, user, peers, ban }: RemovalOrder, entry: NewAuditRow): Promise<Date> {
    return this.db.transaction(async (tx) => {
      // Waits for a refresh in flight: its new token would escape the deletion below, and be dated after it.
      await lockInTransaction(tx, 'tokens of', user);
      const at = new Date();
      if (ban !== undefined) {
        await tx
          .insert(bans)
          .values({ room, user, ...ban })
          .onConflictDoUpdate({ target: [bans.room, bans.user], set: { ...ban, createdAt: sql`now()` } });
        await tx.delete(invites).where(and(eq(invites.room, room), eq(invites.by, user)));
      }
      await barFromInvites(tx, room, user);
      await tx
        .delete(memberships)
        .where(and(eq(memberships.room, room), eq(memberships.user, user), eq(memberships.byInvite, true)));
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

  /** A room's current bans, newest first. */
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

  /** Removals of the last `seconds`, oldest first. */
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
