import { Inject, Injectable } from '@nestjs/common';
import { eq, inArray, sql } from 'drizzle-orm';
import { insertAudit, type NewAuditRow } from '../audit/audit.store.js';
import { batched } from '../database/batched.js';
import { DATABASE, type Database, type Queries } from '../database/database.tokens.js';
import { breaksUnique } from '../database/database-errors.js';
import { lockInTransaction } from '../database/lock-in-transaction.js';
import { memberships, refreshTokens, rooms, users } from '../database/schema.js';
import { insertRevocation } from '../rooms/moderation/removals.store.js';

/** A stored account. Only {@link PasswordHasher} may receive the hash. */
export type User = typeof users.$inferSelect;

/** Stores accounts. */
@Injectable()
export class UsersStore {
  private readonly validAfters = batched<string, number | undefined>(async (ids) => {
    const rows = await this.db
      .select({ id: users.id, at: users.validAfter })
      .from(users)
      .where(inArray(users.id, [...ids]));
    const cached = new Map(rows.map(({ id, at }) => [id, at.getTime()]));
    return ids.map((id) => cached.get(id));
  });

  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** @returns undefined when the username is taken */
  async insert(
    user: Pick<User, 'id' | 'username' | 'usernameKey' | 'displayName' | 'passwordHash' | 'validAfter'>,
  ): Promise<User | undefined> {
    try {
      const [row] = await this.db.insert(users).values(user).returning();
      return row;
    } catch (error) {
      if (breaksUnique(error, 'users_username_key')) return undefined;
      throw error;
    }
  }

  async find(id: string): Promise<User | undefined> {
    const [row] = await this.db.select().from(users).where(eq(users.id, id)).limit(1);
    return row;
  }

  async findByKey(usernameKey: string): Promise<User | undefined> {
    const [row] = await this.db.select().from(users).where(eq(users.usernameKey, usernameKey)).limit(1);
    return row;
  }

  /** Tokens issued before this time are revoked, ms since the Unix epoch. Undefined: the user does not exist. */
  validAfter(id: string): Promise<number | undefined> {
    return this.validAfters(id);
  }

  async rename(id: string, displayName: string): Promise<User | undefined> {
    const [row] = await this.db
      .update(users)
      .set({ displayName, updatedAt: sql`now()` })
      .where(eq(users.id, id))
      .returning();
    return row;
  }

  /**
   * Revokes every token older than `validAfter`, records it in the removal log for nodes that miss the event, and sets
   * a new password if given: in one transaction.
   */
  revoke(
    id: string,
    change: { readonly validAfter: Date; readonly passwordHash?: string },
    entry: NewAuditRow,
  ): Promise<User | undefined> {
    return this.db.transaction(async (tx) => {
      await lockInTransaction(tx, 'tokens of', id);
      const [row] = await tx
        .update(users)
        .set({ ...change, updatedAt: sql`now()` })
        .where(eq(users.id, id))
        .returning();
      if (row !== undefined) await endTokens(tx, id, change.validAfter, entry);
      return row;
    });
  }

  /** Deletes a user with its tokens, rooms and memberships. @returns the ids of its rooms */
  remove(id: string, at: Date, entry: NewAuditRow): Promise<string[]> {
    return this.db.transaction(async (tx) => {
      await lockInTransaction(tx, 'tokens of', id);
      await lockInTransaction(tx, 'rooms of', id);
      await tx.delete(users).where(eq(users.id, id));
      await endTokens(tx, id, at, entry);
      const gone = await tx.delete(rooms).where(eq(rooms.owner, id)).returning({ id: rooms.id });
      await tx.delete(memberships).where(eq(memberships.user, id));
      return gone.map((room) => room.id);
    });
  }
}

const endTokens = async (tx: Queries, id: string, before: Date, entry: NewAuditRow): Promise<void> => {
  await tx.delete(refreshTokens).where(eq(refreshTokens.subject, id));
  await insertRevocation(tx, id, before);
  await insertAudit(tx, entry);
};
