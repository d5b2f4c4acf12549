import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { and, eq, gt, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import { accountAuditEntry, insertAudit } from '../audit/audit.store.js';
import { DATABASE, type Database, type Queries } from '../database/database.tokens.js';
import { lockInTransaction } from '../database/lock-in-transaction.js';
import { refreshTokens, users } from '../database/schema.js';
import { newId } from '../ids/new-id.js';

/** The user that a refresh token belongs to. */
export interface RefreshGrant {
  readonly subject: string;
  /** Null: an account. */
  readonly guest: { readonly name: string; readonly room: string } | null;
}

/** The result of exchanging a refresh token. */
export interface Rotated {
  readonly grant: RefreshGrant;
  readonly next: string;
  /** The account, read in the same transaction: an access token based on a later read could outlive a revocation. */
  readonly account: typeof users.$inferSelect | undefined;
}

/** How long after its use the last used token is accepted again, in seconds. */
const REPEAT_SECONDS = 30;

/** Stores refresh tokens: random, stored as hashes, used once. The tokens of one log-in form a family. */
@Injectable()
export class RefreshTokensStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Issues the first token of a family.
   * @param validAfter the account's `validAfter` when its password was verified
   * @returns undefined when the account was changed or deleted since
   */
  begin(grant: RefreshGrant, seconds: number, validAfter?: Date): Promise<string | undefined> {
    return this.db.transaction(async (tx) => {
      await lockInTransaction(tx, 'tokens of', grant.subject);
      if (validAfter !== undefined) {
        const [user] = await tx.select({ at: users.validAfter }).from(users).where(eq(users.id, grant.subject));
        if (user?.at.getTime() !== validAfter.getTime()) return undefined;
      }
      return insert(tx, grant, newId(22), seconds);
    });
  }

  /** Finds the grant of a token, used or not. */
  async find(token: string): Promise<RefreshGrant | undefined> {
    const [row] = await this.db
      .select()
      .from(refreshTokens)
      .where(eq(refreshTokens.hash, hashOf(token)))
      .limit(1);
    return row;
  }

  /**
   * Exchanges a token for the next one of its family. The last used token is accepted once more within 30 s, since the
   * response may have been lost or another tab may have used it. Any other use of a used token revokes the family: one
   * of two clients has a stolen token, and the server cannot tell which (RFC 9700 §4.14.2).
   * @param ip for the audit entry about such a use
   * @returns undefined when the token is unknown, expired, revoked or used
   */
  rotate(token: string, seconds: number, ip: string): Promise<Rotated | undefined> {
    const hash = hashOf(token);
    return this.db.transaction(async (tx) => {
      const [known] = await tx.select().from(refreshTokens).where(eq(refreshTokens.hash, hash)).limit(1);
      if (known === undefined) return undefined;
      // One subject's tokens change one at a time: no token is issued into a family that is being revoked.
      await lockInTransaction(tx, 'tokens of', known.subject);
      const used = (await use(tx, hash)) ?? (await repeat(tx, hash));
      if (used !== undefined) {
        const [account] = await tx.select().from(users).where(eq(users.id, used.subject)).limit(1);
        return { grant: used, next: await insert(tx, used, used.family, seconds), account };
      }
      const ended = await tx.delete(refreshTokens).where(eq(refreshTokens.family, known.family)).returning();
      if (ended.some((row) => row.hash === hash && row.usedAt !== null)) {
        await insertAudit(tx, { ...accountAuditEntry('auth.refresh_reused', null, ip), target: known.subject });
      }
      return undefined;
    });
  }

  /** Revokes the family of a token, if it is known. */
  async endFamilyOf(token: string, ip: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const [known] = await tx
        .select()
        .from(refreshTokens)
        .where(eq(refreshTokens.hash, hashOf(token)))
        .limit(1);
      if (known === undefined) return;
      await lockInTransaction(tx, 'tokens of', known.subject);
      await tx.delete(refreshTokens).where(eq(refreshTokens.family, known.family));
      await insertAudit(tx, accountAuditEntry('auth.logout', known.subject, ip));
    });
  }
}

type Row = typeof refreshTokens.$inferSelect;

/** Uses an unused token, and ends every other token of its family, used or not: from now on each is reuse. */
const use = async (tx: Queries, hash: string): Promise<Row | undefined> => {
  const [used] = await tx
    .update(refreshTokens)
    .set({ usedAt: sql`now()`, repeatableUntil: sql`now() + make_interval(secs => ${REPEAT_SECONDS})` })
    .where(and(eq(refreshTokens.hash, hash), isNull(refreshTokens.usedAt), gt(refreshTokens.expiresAt, sql`now()`)))
    .returning();
  if (used === undefined) return undefined;
  await tx
    .update(refreshTokens)
    .set({ usedAt: sql`coalesce(${refreshTokens.usedAt}, now())`, repeatableUntil: null })
    .where(
      and(
        eq(refreshTokens.family, used.family),
        ne(refreshTokens.hash, hash),
        or(isNull(refreshTokens.usedAt), isNotNull(refreshTokens.repeatableUntil)),
      ),
    );
  return used;
};

/** Uses the last used token once more. Its first successor stays valid until one of the two is used. */
const repeat = async (tx: Queries, hash: string): Promise<Row | undefined> => {
  const [repeated] = await tx
    .update(refreshTokens)
    .set({ repeatableUntil: null })
    .where(and(eq(refreshTokens.hash, hash), gt(refreshTokens.repeatableUntil, sql`now()`)))
    .returning();
  return repeated;
};

const insert = async (
  tx: Queries,
  { subject, guest }: RefreshGrant,
  family: string,
  seconds: number,
): Promise<string> => {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + seconds * 1000);
  await tx.insert(refreshTokens).values({ hash: hashOf(token), family, subject, guest, expiresAt });
  return token;
};

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
