import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, gte, inArray, lt, type SQL } from 'drizzle-orm';
import { DATABASE, type Database, type Queries } from '../database/database.tokens.js';
import { audit } from '../database/schema.js';

/** A stored audit entry. */
export type AuditRow = typeof audit.$inferSelect;

/** A new audit entry; the database adds id and time. */
export type NewAuditRow = Omit<typeof audit.$inferInsert, 'id' | 'at'>;

/** Audited actions of accounts and guests. */
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

/** A filter on audit entries; undefined fields match everything. */
export interface AuditFilter {
  readonly room?: string | undefined;
  readonly actor?: string | undefined;
  readonly target?: string | undefined;
  readonly action?: string | undefined;
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
}

/** Makes an audit entry about an account: a log-in, a change, a deletion. */
export const accountAuditEntry = (
  action: AccountAction,
  actor: string | null,
  ip: string | null,
  details: Record<string, unknown> = {},
): NewAuditRow => ({ actor, action, room: null, target: null, ip, details });

/** Inserts an audit entry as part of a transaction. */
export const insertAudit = async (queries: Queries, row: NewAuditRow): Promise<void> => {
  await queries.insert(audit).values(row);
};

/** Stores audit entries. */
@Injectable()
export class AuditStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  write(row: NewAuditRow): Promise<void> {
    return insertAudit(this.db, row);
  }

  /** The addresses of an account's last 50 log-ins. */
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
   * Lists entries, newest first.
   * @param before an entry's id: only older entries are listed
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
