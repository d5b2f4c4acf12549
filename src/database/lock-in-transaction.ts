import { sql } from 'drizzle-orm';
import type { Queries } from './database.tokens.js';

/** Kinds of data that only one transaction of all replicas may change at a time. */
export type Locked = 'tokens of' | 'rooms of' | 'invites of' | 'lobby of' | 'offers to';

/** Takes an advisory lock on the data of one user or room, until the end of the transaction. */
export const lockInTransaction = (tx: Pick<Queries, 'execute'>, what: Locked, user: string): Promise<void> =>
  lockAllInTransaction(tx, what, [user]);

/** Takes several such locks, always in the same order, so that two transactions do not deadlock. */
export const lockAllInTransaction = async (
  tx: Pick<Queries, 'execute'>,
  what: Locked,
  users: readonly string[],
): Promise<void> => {
  const names = sql.param([...users].sort().map((user) => `${what} ${user}`));
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest(${names}::text[]) as name`);
};
