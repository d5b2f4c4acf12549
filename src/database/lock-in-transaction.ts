import { sql } from 'drizzle-orm';
import type { Queries } from './database.tokens.js';

/** What is changed one after another, by all replicas. */
export type Locked = 'tokens of' | 'rooms of' | 'invites of' | 'lobby of';

/** Waits for its turn with what belongs to one user or room; the turn ends with the transaction. */
export const lockInTransaction = (tx: Pick<Queries, 'execute'>, what: Locked, user: string): Promise<void> =>
  lockAllInTransaction(tx, what, [user]);

/** The same for several, always in the same order: two that have some in common must not wait for each other. */
export const lockAllInTransaction = async (
  tx: Pick<Queries, 'execute'>,
  what: Locked,
  users: readonly string[],
): Promise<void> => {
  const names = sql.param([...users].sort().map((user) => `${what} ${user}`));
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest(${names}::text[]) as name`);
};
