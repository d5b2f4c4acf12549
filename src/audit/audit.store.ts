import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, gt, gte, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { DATABASE, type Database, type Queries } from '../database/database.tokens.js';
import { audit } from '../database/schema.js';

/** A stored audit entry. */
export type AuditRow = typeof audit.$inferSelect;

/** A new audit entry; the database adds id and time. */
export type NewAuditRow = Omit<typeof audit.$inferInsert, 'id' | 'at' | 'count' | 'lastAt'>;

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

/** An entry like one of the last ten minutes is counted on that one. */
const REPEAT_MINUTES = 10;

/** Entries outside of rooms that are counted too: what anyone may repeat without a log-in. */
const REPEATED_OUTSIDE: ReadonlySet<string> = new Set(['auth.login_failed', 'account.password_refused']);

/**
 * Inserts an audit entry as part of a transaction, or counts it on the latest equal entry of the last ten minutes: the
 * same actor, address, action, room, target and details. So toggling a lock fills no log. Log-ins are never merged.
 */
export const insertAudit = async (queries: Queries, row: NewAuditRow): Promise<void> => {
  const mayRepeat = row.room != null || REPEATED_OUTSIDE.has(row.action);
  if (mayRepeat && (await countRepeat(queries, row))) return;
  await queries.insert(audit).values(row);
};

const countRepeat = async (queries: Queries, row: NewAuditRow): Promise<boolean> => {
  const same = (['actor', 'ip', 'room', 'target'] as const).map((field) =>
    row[field] == null ? isNull(audit[field]) : eq(audit[field], row[field]),
  );
  const latest = queries
    .select({ id: audit.id })
    .from(audit)
    .where(
      and(
        ...[...same, eq(audit.action, row.action), eq(audit.details, row.details ?? {})],
        gt(audit.at, sql`clock_timestamp() - make_interval(mins => ${REPEAT_MINUTES})`),
      ),
    )
    .orderBy(desc(audit.id))
    .limit(1);
  const counted = await queries
    .update(audit)
    .set({ count: sql`${audit.count} + 1`, lastAt: sql`clock_timestamp()` })
    .where(eq(audit.id, latest))
    .returning({ id: audit.id });
  return counted.length > 0;
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
