import { Inject, Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { RetentionConfig } from '../config/retention.js';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { audit, bans, invites, knocks, messages, refreshTokens, removals } from '../database/schema.js';

/** Maximum rows per statement, so that none locks the table for long. */
const BATCH = 5_000;
/** Maximum statements per table and round; the rest waits for the next round. */
const MAX_BATCHES = 20;

interface Outdated {
  readonly table: PgTable;
  readonly which: SQL;
}

const days = (count: number): SQL => sql`now() - make_interval(days => ${count})`;

/** The expired rows of each table that would otherwise only grow. */
const outdated = ({ auditDays, auditMaxRows, removalDays, messageDays }: RetentionConfig): Outdated[] => [
  { table: audit, which: sql`${audit.at} < ${days(auditDays)}` },
  {
    table: audit,
    which: sql`${audit.id} <= (select id from ${audit} order by id desc offset ${auditMaxRows} limit 1)`,
  },
  { table: removals, which: sql`${removals.at} < ${days(removalDays)}` },
  { table: refreshTokens, which: sql`${refreshTokens.expiresAt} < now()` },
  { table: bans, which: sql`${bans.until} < now()` },
  { table: invites, which: sql`${invites.expiresAt} < now() or ${invites.usesLeft} = 0` },
  // Users who were admitted that long ago and have no role in the room must knock again.
  {
    table: knocks,
    which: sql`coalesce(${knocks.admittedAt} < ${days(removalDays)}, ${knocks.seenAt} < now() - interval '1 hour')`,
  },
  ...(messageDays === 0 ? [] : [{ table: messages, which: sql`${messages.at} < ${days(messageDays)}` }]),
];

/** Deletes expired rows. */
@Injectable()
export class RetentionStore {
  /** Rows that this node deleted. */
  pruned = 0;

  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** Runs one bounded round over all tables. */
  async prune(stored: RetentionConfig, signal?: AbortSignal): Promise<void> {
    for (const { table, which } of outdated(stored)) {
      for (let batch = 0; batch < MAX_BATCHES && !signal?.aborted; batch += 1) {
        if ((await this.deleteSome(table, which)) < BATCH) break;
      }
    }
  }

  private async deleteSome(table: PgTable, which: SQL): Promise<number> {
    const some = sql`select ctid from ${table} where ${which} limit ${BATCH}`;
    const { rowCount } = await this.db.execute(sql`delete from ${table} where ctid = any(array(${some}))`);
    this.pruned += rowCount ?? 0;
    return rowCount ?? 0;
  }
}
