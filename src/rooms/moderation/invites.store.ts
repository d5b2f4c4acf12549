import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import { and, count, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { insertAudit } from '../../audit/audit.store.js';
import { decide, isAtLeast } from '../../auth/policy.js';
import type { Principal } from '../../auth/principal.js';
import { DATABASE, type Database, type Queries } from '../../database/database.tokens.js';
import { lockInTransaction } from '../../database/lock-in-transaction.js';
import { bans, invites, knocks, memberships, rooms } from '../../database/schema.js';
import { newId } from '../../ids/new-id.js';
import { isBarredFromInvite, recordInviteUse } from './invite-uses.store.js';

/** A stored invite, without the hash of its token. */
export type Invite = Omit<typeof invites.$inferSelect, 'hash'>;

/** Stores invites. */
@Injectable()
export class InvitesStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Creates an invite.
   * @param max invites per room
   * @returns the invite and its token, which is not stored; undefined when the limit is reached
   */
  create(
    invite: Pick<Invite, 'room' | 'role' | 'usesLeft' | 'expiresAt' | 'by'>,
    max: number,
  ): Promise<{ invite: Invite; token: string } | undefined> {
    return this.db.transaction(async (tx) => {
      await lockInTransaction(tx, 'invites of', invite.room);
      await tx.delete(invites).where(and(eq(invites.room, invite.room), sql`${invites.expiresAt} <= now()`));
      const [cached] = await tx.select({ invites: count() }).from(invites).where(eq(invites.room, invite.room));
      if ((cached?.invites ?? 0) >= max) return undefined;
      const token = randomBytes(32).toString('base64url');
      const [row] = await tx
        .insert(invites)
        .values({ id: newId(12), hash: hashOf(token), ...invite })
        .returning(SHOWN);
      return row === undefined ? undefined : { invite: row, token };
    });
  }

  /** A room's valid invites, newest first. */
  list(room: string): Promise<Invite[]> {
    return this.db
      .select(SHOWN)
      .from(invites)
      .where(and(eq(invites.room, room), isUsable))
      .orderBy(desc(invites.createdAt));
  }

  async revoke(room: string, id: string): Promise<boolean> {
    const gone = await this.db
      .delete(invites)
      .where(and(eq(invites.room, room), eq(invites.id, id)))
      .returning({ id: invites.id });
    return gone.length > 0;
  }

  /**
   * Accepts an invite: users become members, guests are admitted. A use is counted unless that changes nothing.
   * @param room the room that the invite must be for; undefined: any
   * @returns the room's id
   * @throws ProtocolError `invite_invalid`, also when the user was removed since this invite admitted them, and `banned` or `guests_not_allowed` as the policy decides
   */
  accept(principal: Principal, token: string, room?: string): Promise<string> {
    return this.db.transaction(async (tx) => {
      const [invite] = await tx
        .select()
        .from(invites)
        .where(and(eq(invites.hash, hashOf(token)), isUsable))
        .for('update');
      if (invite === undefined || (room !== undefined && invite.room !== room)) {
        throw new ProtocolError('invite_invalid');
      }
      await askPolicy(tx, principal, invite);
      if (await isBarredFromInvite(tx, invite.id, principal.user)) throw new ProtocolError('invite_invalid');
      const fresh =
        principal.kind === 'guest'
          ? await admitGuest(tx, invite.room, principal)
          : await addMember(tx, invite.room, principal.user, invite.role);
      if (fresh && invite.usesLeft !== null) {
        await tx
          .update(invites)
          .set({ usesLeft: invite.usesLeft - 1 })
          .where(eq(invites.id, invite.id));
      }
      if (fresh) {
        await recordInviteUse(tx, invite.id, principal.user);
        const details = { invite: invite.id, role: principal.kind === 'guest' ? 'guest' : invite.role };
        await insertAudit(tx, { actor: principal.user, action: 'invite.accept', room: invite.room, details });
      }
      return invite.room;
    });
  }
}

const SHOWN = {
  id: invites.id,
  room: invites.room,
  role: invites.role,
  usesLeft: invites.usesLeft,
  expiresAt: invites.expiresAt,
  by: invites.by,
  createdAt: invites.createdAt,
};

const isUsable = and(
  or(isNull(invites.expiresAt), gt(invites.expiresAt, sql`now()`)),
  or(isNull(invites.usesLeft), gt(invites.usesLeft, 0)),
);

/** Evaluates the policy with the role that the invite gives. */
const askPolicy = async (tx: Queries, principal: Principal, invite: Pick<Invite, 'room' | 'role'>): Promise<void> => {
  const [room] = await tx.select().from(rooms).where(eq(rooms.id, invite.room));
  const [ban] = await tx
    .select({ room: bans.room })
    .from(bans)
    .where(
      and(
        eq(bans.room, invite.room),
        eq(bans.user, principal.user),
        or(isNull(bans.until), gt(bans.until, sql`now()`)),
      ),
    );
  const decision = decide(principal, 'invite.accept', { room, membership: invite.role, banned: ban !== undefined });
  if (decision.allowed) return;
  const { code } = decision;
  throw new ProtocolError(code === 'banned' || code === 'guests_not_allowed' ? code : 'invite_invalid');
};

const admitGuest = async (tx: Queries, room: string, { user, name }: Principal): Promise<boolean> => {
  const [row] = await tx
    .insert(knocks)
    .values({ room, user, name, id: newId(12), admittedAt: sql`now()` })
    .onConflictDoUpdate({
      target: [knocks.room, knocks.user],
      set: { admittedAt: sql`now()` },
      setWhere: isNull(knocks.admittedAt),
    })
    .returning({ id: knocks.id });
  return row !== undefined;
};

const addMember = async (tx: Queries, room: string, user: string, role: 'moderator' | 'member'): Promise<boolean> => {
  const [cached] = await tx
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.room, room), eq(memberships.user, user)));
  if (cached !== undefined && isAtLeast(cached.role, role)) return false;
  await tx
    .insert(memberships)
    .values({ room, user, role, byInvite: true })
    .onConflictDoUpdate({ target: [memberships.room, memberships.user], set: { role } });
  return true;
};

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
