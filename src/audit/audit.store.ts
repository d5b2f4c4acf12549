import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, gte, inArray, lt, type SQL } from 'drizzle-orm';
import { DATABASE, type Database, type Queries } from '../database/database.tokens.js';
import { audit } from '../database/schema.js';

/** One line of the audit trail as it is kept. */
export type AuditRow = typeof audit.$inferSelect;

/** What is written: who, what, where, to whom, from where. */
export type NewAuditRow = Omit<typeof audit.$inferInsert, 'id' | 'at'>;

/** What is written of accounts and guests. */
export type AccountAction =
  | 'auth.register'
  | 'auth.login'
  | 'auth.login_failed'
  | 'auth.guest'
  | 'auth.refresh_reused'
  | 'auth.logout'
  | 'auth.logout_all'
  | 'account.password'
  | 'account.password_refused'
  | 'account.delete';

/** Which lines; what is undefined does not matter. */
export interface AuditFilter {
  readonly room?: string | undefined;
  readonly actor?: string | undefined;
  readonly target?: string | undefined;
  readonly action?: string | undefined;
  readonly from?: Date | undefined;
  /** Not this moment itself. */
  readonly to?: Date | undefined;
}

/** A line on what somebody does with an account: signs in, changes it, ends it. */
export const accountAuditEntry = (
  action: AccountAction,
  actor: string | null,
  ip: string | null,
  details: Record<string, unknown> = {},
): NewAuditRow => ({ actor, action, room: null, target: null, ip, details });

/** Writes a line with whatever else the transaction does: both are kept, or neither is. */
export const insertAudit = async (queries: Queries, row: NewAuditRow): Promise<void> => {
  await queries.insert(audit).values(row);
};

/** The audit trail's rows. */
@Injectable()
export class AuditStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  write(row: NewAuditRow): Promise<void> {
    return insertAudit(this.db, row);
  }

  /** Where an account signed in from lately, the last fifty times. */
  async signedInFrom(user: string): Promise<string[]> {
    const rows = await this.db
      .select({ ip: audit.ip })
      .from(audit)
      .where(and(eq(audit.actor, user), inArray(audit.action, ['auth.login', 'auth.register'])))
      .orderBy(desc(audit.id))
      .limit(50);
    return rows.flatMap(({ ip }) => ip ?? []);
  }

  /**
   * Newest first.
   * @param before lines older than this one
   */
  page(filter: AuditFilter, before: number | undefined, limit: number): Promise<AuditRow[]> {
    const { from, to } = filter;
    const wanted: (SQL | undefined)[] = [
      ...(['room', 'actor', 'target', 'action'] as const).map((field) =>
        filter[field] === undefined ? undefined : eq(audit[field], filter[field]),
      ),
      from === undefined ? undefined : gte(audit.at, from),
      to === undefined ? undefined : lt(audit.at, to),
      before === undefined ? undefined : lt(audit.id, before),
    ];
    return this.db
      .select()
      .from(audit)
      .where(and(...wanted))
      .orderBy(desc(audit.id))
      .limit(limit);
  }
}
