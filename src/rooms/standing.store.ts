import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '@parley/protocol';
import { sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../database/database.tokens.js';

/** Everything that is kept of one user in one room. */
export interface Standing {
  readonly membership: Role | undefined;
  readonly banned: boolean;
  /** Let in from the lobby, or by an invite. */
  readonly admitted: boolean;
  /** When they were put out last, ms since the Unix epoch. */
  readonly removedAt: number | undefined;
  /** Peers of theirs that were ended and must not come back. */
  readonly endedPeers: readonly string[];
  readonly mayPublish: boolean;
  readonly mayChat: boolean;
}

interface Row extends Record<string, unknown> {
  readonly role: Role | null;
  readonly banned: boolean;
  readonly admitted: boolean;
  readonly removed_at: string | null;
  readonly peers: string[];
  readonly may_publish: boolean;
  readonly may_chat: boolean;
}

/** Who somebody is in a room, in one question. */
@Injectable()
export class StandingStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async find(room: string, user: string): Promise<Standing> {
    const { rows } = await this.db.execute<Row>(sql`
      select
        (select role from memberships where room = ${room} and user_id = ${user}) as role,
        exists (select from bans where room = ${room} and user_id = ${user}
          and (until is null or until > now())) as banned,
        exists (select from knocks where room = ${room} and user_id = ${user}
          and admitted_at is not null) as admitted,
        (select extract(epoch from max(at)) * 1000 from removals
          where room = ${room} and user_id = ${user}) as removed_at,
        (select coalesce(jsonb_agg(peer), '[]') from removals, jsonb_array_elements_text(peers) as peer
          where room = ${room} and user_id = ${user} and at > now() - interval '10 minutes') as peers,
        coalesce((select may_publish from permissions
          where room = ${room} and user_id = ${user}), true) as may_publish,
        coalesce((select may_chat from permissions where room = ${room} and user_id = ${user}), true) as may_chat`);
    const row = rows[0] as Row;
    return {
      membership: row.role ?? undefined,
      banned: row.banned,
      admitted: row.admitted,
      removedAt: row.removed_at === null ? undefined : Math.round(Number(row.removed_at)),
      endedPeers: row.peers,
      mayPublish: row.may_publish,
      mayChat: row.may_chat,
    };
  }
}
