import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '@parley/protocol';
import { and, asc, eq, sql } from 'drizzle-orm';
import { insertAudit, type NewAuditRow } from '../../audit/audit.store.js';
import { DATABASE, type Database } from '../../database/database.tokens.js';
import { memberships, permissions, users } from '../../database/schema.js';
import { barFromInvites } from './invite-uses.store.js';

/** A member with role and permissions. */
export interface MemberRow {
  readonly user: string;
  readonly role: Role;
  /** Null: a user of an external issuer. */
  readonly name: string | null;
  readonly mayPublish: boolean;
  readonly mayChat: boolean;
}

/** Stores members' roles and permissions. */
@Injectable()
export class MembersStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** Lists members by user id, after one of them. */
  list(room: string, after: string, limit: number): Promise<MemberRow[]> {
    return this.db
      .select({
        user: memberships.user,
        role: memberships.role,
        name: users.displayName,
        mayPublish: sql<boolean>`coalesce(${permissions.mayPublish}, true)`,
        mayChat: sql<boolean>`coalesce(${permissions.mayChat}, true)`,
      })
      .from(memberships)
      .leftJoin(users, eq(users.id, memberships.user))
      .leftJoin(permissions, and(eq(permissions.room, memberships.room), eq(permissions.user, memberships.user)))
      .where(and(eq(memberships.room, room), sql`${memberships.user} > ${after}`))
      .orderBy(asc(memberships.user))
      .limit(limit);
  }

  set(room: string, user: string, role: 'moderator' | 'member', entry: NewAuditRow): Promise<void> {
    return this.db.transaction(async (tx) => {
      await tx
        .insert(memberships)
        .values({ room, user, role })
        .onConflictDoUpdate({ target: [memberships.room, memberships.user], set: { role, byInvite: false } });
      await insertAudit(tx, entry);
    });
  }

  remove(room: string, user: string, entry: NewAuditRow): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const gone = await tx
        .delete(memberships)
        .where(and(eq(memberships.room, room), eq(memberships.user, user)))
        .returning({ user: memberships.user });
      if (gone.length === 0) return false;
      await barFromInvites(tx, room, user);
      await insertAudit(tx, entry);
      return true;
    });
  }

  /** Sets permissions; undefined ones stay as they are. */
  permit(
    room: string,
    user: string,
    change: { readonly mayPublish?: boolean; readonly mayChat?: boolean },
    entry: NewAuditRow,
  ): Promise<void> {
    return this.db.transaction(async (tx) => {
      await tx
        .insert(permissions)
        .values({ room, user, ...change })
        .onConflictDoUpdate({ target: [permissions.room, permissions.user], set: change });
      await insertAudit(tx, entry);
    });
  }
}
