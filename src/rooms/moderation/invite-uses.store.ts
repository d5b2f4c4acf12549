import { and, eq, inArray } from 'drizzle-orm';
import type { Queries } from '../../database/database.tokens.js';
import { invites, inviteUses } from '../../database/schema.js';

/** Records that an invite admitted a user. */
export const recordInviteUse = async (tx: Queries, invite: string, user: string): Promise<void> => {
  await tx.insert(inviteUses).values({ invite, user }).onConflictDoNothing();
};

/** Whether the user was removed from the room after this invite had admitted them. */
export const isBarredFromInvite = async (tx: Queries, invite: string, user: string): Promise<boolean> => {
  const found = await tx
    .select({ user: inviteUses.user })
    .from(inviteUses)
    .where(and(eq(inviteUses.invite, invite), eq(inviteUses.user, user), eq(inviteUses.barred, true)));
  return found.length > 0;
};

/** Makes the invites that admitted a user to a room useless to them; others may still use them. */
export const barFromInvites = async (tx: Queries, room: string, user: string): Promise<void> => {
  const ofRoom = tx.select({ id: invites.id }).from(invites).where(eq(invites.room, room));
  await tx
    .update(inviteUses)
    .set({ barred: true })
    .where(and(eq(inviteUses.user, user), inArray(inviteUses.invite, ofRoom)));
};
