import { Inject, Injectable } from '@nestjs/common';
import { and, desc, eq, lt, type SQL } from 'drizzle-orm';
import { DATABASE, type Database, type Queries } from '../database/database.tokens.js';
import { audit } from '../database/schema.js';

/** One line of the audit trail as it is kept. */
export type AuditRow = typeof audit.$inferSelect;

/** What is written: who, what, where, to whom, from where. */
export type NewAuditRow = Omit<typeof audit.$inferInsert, 'id' | 'at'>;

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

  /**
   * Newest first.
   * @param room of this room alone; undefined: of everything
   * @param before lines older than this one
   */
  page(room: string | undefined, before: number | undefined, limit: number): Promise<AuditRow[]> {
    const wanted: (SQL | undefined)[] = [
      room === undefined ? undefined : eq(audit.room, room),
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
