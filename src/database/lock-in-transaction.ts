import { sql } from 'drizzle-orm';
import type { Queries } from './database.tokens.js';

/** What is changed one after another, by all replicas. */
export type Locked = 'tokens of' | 'rooms of' | 'invites of' | 'lobby of';

/** Waits for its turn with what belongs to one user or room; the turn ends with the transaction. */
export const lockInTransaction = async (tx: Queries, what: Locked, user: string): Promise<void> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${what} ${user}`}, 0))`);
};
