import { Inject, Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { RetentionConfig } from '../config/retention.js';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { audit, bans, invites, knocks, messages, refreshTokens, removals, roomTransfers } from '../database/schema.js';
import { fairShare } from './fair-share.js';

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
const outdated = ({ auditDays, removalDays, messageDays }: RetentionConfig): Outdated[] => [
  { table: audit, which: sql`${audit.at} < ${days(auditDays)}` },
  { table: removals, which: sql`${removals.at} < ${days(removalDays)}` },
  { table: refreshTokens, which: sql`${refreshTokens.expiresAt} < now()` },
  { table: roomTransfers, which: sql`${roomTransfers.expiresAt} < now()` },
  { table: bans, which: sql`${bans.until} < now()` },
  { table: invites, which: sql`${invites.expiresAt} < now() or ${invites.usesLeft} = 0` },
  // Users who were admitted that long ago and have no role in the room must knock again.
  {
    table: knocks,
    which: sql`coalesce(${knocks.admittedAt} < ${days(removalDays)}, ${knocks.seenAt} < now() - interval '1 hour')`,
  },
  ...(messageDays === 0 ? [] : [{ table: messages, which: sql`${messages.at} < ${days(messageDays)}` }]),
];

/** An actor in a room, or outside of rooms. */
interface AuditGroup extends Record<string, unknown> {
  readonly room: string | null;
  readonly actor: string | null;
  /** Null: the actor is known. */
  readonly ip: string | null;
  /** The id of the newest entry that it has beyond its share. */
  readonly newest: string;
}

/** Where the actor is unknown, as in a failed log-in, its address tells it from others. */
const ADDRESS = sql.raw('case when actor is null then ip end');
const AUDIT_GROUP = sql`room, actor, ${ADDRESS}`;
/** Groups per round; the rest waits for the next one. */
const MAX_GROUPS = 1_000;

const isOrNull = (column: 'room' | 'actor' | 'ip', value: string | null): SQL =>
  value === null ? sql`${sql.raw(column)} is null` : sql`${sql.raw(column)} = ${value}`;

/** Deletes expired rows. */
@Injectable()
export class RetentionStore {
  /** Rows that this node deleted. */
  pruned = 0;

  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** Runs one bounded round over all tables. */
  async prune(stored: RetentionConfig, signal?: AbortSignal): Promise<void> {
    for (const each of outdated(stored)) await this.pruneTable(each, signal);
    for (const which of await this.auditSurplus(stored)) await this.pruneTable({ table: audit, which }, signal);
  }

  private async pruneTable({ table, which }: Outdated, signal: AbortSignal | undefined): Promise<void> {
    for (let batch = 0; batch < MAX_BATCHES && !signal?.aborted; batch += 1) {
      if ((await this.deleteSome(table, which)) < BATCH) break;
    }
  }

  /** The audit entries that each actor has beyond its share, by actor and room; the oldest of each. */
  private async auditSurplus({ auditMaxRows, auditMaxRowsPerActor }: RetentionConfig): Promise<SQL[]> {
    const sizes = await this.db.execute<{ size: number; groups: number }>(sql`
      select size::int, count(*)::int as groups
      from (select count(*) as size from ${audit} group by ${AUDIT_GROUP}) as sizes group by size`);
    const share = fairShare(sizes.rows, auditMaxRows, auditMaxRowsPerActor);
    const { rows } = await this.db.execute<AuditGroup>(sql`
      select room, actor, ${ADDRESS} as ip, (array_agg(id order by id desc))[${share}::int + 1] as newest
      from ${audit} group by ${AUDIT_GROUP} having count(*) > ${share} limit ${MAX_GROUPS}`);
    return rows.map(
      ({ room, actor, ip, newest }) =>
        sql`${isOrNull('room', room)} and ${isOrNull('actor', actor)} and id <= ${newest}
          and ${actor === null ? isOrNull('ip', ip) : sql`true`}`,
    );
  }

  private async deleteSome(table: PgTable, which: SQL): Promise<number> {
    const some = sql`select ctid from ${table} where ${which} limit ${BATCH}`;
    const { rowCount } = await this.db.execute(sql`delete from ${table} where ctid = any(array(${some}))`);
    this.pruned += rowCount ?? 0;
    return rowCount ?? 0;
  }
}
