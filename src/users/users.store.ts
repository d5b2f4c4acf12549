import { Inject, Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { breaksUnique } from '../database/database-errors.js';
import { users } from '../database/schema.js';

/** An account as it is kept. The hash leaves the store for {@link PasswordHasher} alone. */
export type User = typeof users.$inferSelect;

/** The accounts' rows. */
@Injectable()
export class UsersStore {
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

  /** When the user's tokens begin to count, ms since the Unix epoch. Undefined: there is no such user. */
  async validAfter(id: string): Promise<number | undefined> {
    const [row] = await this.db.select({ at: users.validAfter }).from(users).where(eq(users.id, id)).limit(1);
    return row?.at.getTime();
  }

  async update(
    id: string,
    change: Partial<Pick<User, 'displayName' | 'passwordHash' | 'validAfter'>>,
  ): Promise<User | undefined> {
    const [row] = await this.db
      .update(users)
      .set({ ...change, updatedAt: sql`now()` })
      .where(eq(users.id, id))
      .returning();
    return row;
  }

  async remove(id: string): Promise<boolean> {
    return (await this.db.delete(users).where(eq(users.id, id)).returning({ id: users.id })).length > 0;
  }
}
