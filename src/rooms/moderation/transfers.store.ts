import { Inject, Injectable } from '@nestjs/common';
import { and, asc, count, eq, gt, lte, ne, sql } from 'drizzle-orm';
import { insertAudit, type NewAuditRow } from '../../audit/audit.store.js';
import { DATABASE, type Database, type Queries } from '../../database/database.tokens.js';
import { lockInTransaction } from '../../database/lock-in-transaction.js';
import { memberships, rooms, roomTransfers } from '../../database/schema.js';

/** An offer of ownership that waits for an answer. */
export type Transfer = typeof roomTransfers.$inferSelect & { readonly roomName: string };

/** Stores offers of ownership, and transfers it when they are accepted. */
@Injectable()
export class TransfersStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Offers a room to a member, instead of an earlier offer of that room.
   * @param max offers that may wait for one user
   */
  offer(
    { room, from, to }: { readonly room: string; readonly from: string; readonly to: string },
    { max, seconds }: { readonly max: number; readonly seconds: number },
    entry: NewAuditRow,
  ): Promise<'offered' | 'not_member' | 'too_many'> {
    return this.db.transaction(async (tx) => {
      // The lock makes counting and offering one step: a burst cannot exceed the limit.
      await lockInTransaction(tx, 'offers to', to);
      if (!(await isMember(tx, room, to))) return 'not_member';
      await tx.delete(roomTransfers).where(and(eq(roomTransfers.to, to), lte(roomTransfers.expiresAt, sql`now()`)));
      const [others] = await tx
        .select({ offers: count() })
        .from(roomTransfers)
        .where(and(eq(roomTransfers.to, to), ne(roomTransfers.room, room)));
      if ((others?.offers ?? 0) >= max) return 'too_many';
      const offer = { from, to, expiresAt: sql`now() + make_interval(secs => ${seconds})` };
      await tx
        .insert(roomTransfers)
        .values({ room, ...offer })
        .onConflictDoUpdate({ target: roomTransfers.room, set: offer });
      await insertAudit(tx, entry);
      return 'offered';
    });
  }

  /** The current offer of a room. */
  async find(room: string): Promise<Transfer | undefined> {
    const [found] = await this.current(eq(roomTransfers.room, room));
    return found;
  }

  /** The offers that wait for a user's answer, the first to expire first. */
  list(to: string): Promise<Transfer[]> {
    return this.current(eq(roomTransfers.to, to));
  }

  /** Ends an offer without a transfer. @returns false when there is none to this user */
  end(room: string, to: string, entry: NewAuditRow): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const ended = await tx.delete(roomTransfers).where(isOffered(room, to)).returning({ room: roomTransfers.room });
      if (ended.length > 0) await insertAudit(tx, entry);
      return ended.length > 0;
    });
  }

  /**
   * Accepts an offer: the previous owner becomes a moderator.
   * @param max rooms that one user may own
   * @returns the previous owner; `none`: there is no such offer (any more), or its sender no longer owns the room, or the
   *   user is no longer a member; `too_many`: the user owns `max` rooms, and the offer stays
   */
  accept(
    room: string,
    to: string,
    max: number,
    entry: NewAuditRow,
  ): Promise<{ readonly from: string } | 'none' | 'too_many'> {
    return this.db.transaction(async (tx) => {
      await lockInTransaction(tx, 'rooms of', to);
      const [own] = await tx.select({ rooms: count() }).from(rooms).where(eq(rooms.owner, to));
      const [offer] = await tx.select().from(roomTransfers).where(isOffered(room, to)).for('update');
      if (offer === undefined || !(await isMember(tx, room, to))) return 'none';
      if ((own?.rooms ?? 0) >= max) return 'too_many';
      await tx.delete(roomTransfers).where(eq(roomTransfers.room, room));
      const { from } = offer;
      const moved = await tx
        .update(rooms)
        .set({ owner: to, version: sql`${rooms.version} + 1`, updatedAt: sql`now()` })
        .where(and(eq(rooms.id, room), eq(rooms.owner, from)))
        .returning({ id: rooms.id });
      if (moved.length === 0) return 'none';
      for (const [user, role] of [[from, 'moderator'] as const, [to, 'owner'] as const]) {
        await tx
          .insert(memberships)
          .values({ room, user, role })
          .onConflictDoUpdate({ target: [memberships.room, memberships.user], set: { role, byInvite: false } });
      }
      await insertAudit(tx, { ...entry, target: from });
      return { from };
    });
  }

  private current(which: ReturnType<typeof eq>): Promise<Transfer[]> {
    return this.db
      .select({
        ...{ room: roomTransfers.room, roomName: rooms.name, from: roomTransfers.from },
        ...{ to: roomTransfers.to, expiresAt: roomTransfers.expiresAt },
      })
      .from(roomTransfers)
      .innerJoin(rooms, and(eq(rooms.id, roomTransfers.room), eq(rooms.owner, roomTransfers.from)))
      .where(and(which, gt(roomTransfers.expiresAt, sql`now()`)))
      .orderBy(asc(roomTransfers.expiresAt), asc(roomTransfers.room));
  }
}

const isOffered = (room: string, to: string) =>
  and(eq(roomTransfers.room, room), eq(roomTransfers.to, to), gt(roomTransfers.expiresAt, sql`now()`));

const isMember = async (tx: Queries, room: string, user: string): Promise<boolean> => {
  const found = await tx
    .select({ user: memberships.user })
    .from(memberships)
    .where(and(eq(memberships.room, room), eq(memberships.user, user)));
  return found.length > 0;
};
