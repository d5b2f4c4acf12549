import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '@parley/protocol';
import { sql } from 'drizzle-orm';
import { batched } from '../database/batched.js';
import { DATABASE, type Database } from '../database/database.tokens.js';

/** The stored state of one user in one room. */
export interface RoomAccessRecord {
  readonly membership: Role | undefined;
  readonly banned: boolean;
  /** Admitted from the lobby or by an invite. */
  readonly admitted: boolean;
  /** Time of the last removal, ms since the Unix epoch. */
  readonly removedAt: number | undefined;
  /** The user's removed peers, which must not rejoin. */
  readonly endedPeers: readonly string[];
  readonly mayPublish: boolean;
  readonly mayChat: boolean;
}

/** The records of every user with a stored state in a room; `many`: more than {@link MAX_ACCESS_RECORDS}. */
export type RoomAccessRecords = ReadonlyMap<string, RoomAccessRecord> | 'many';

/** The record of a user without a stored state. */
export const NO_ACCESS_RECORD: RoomAccessRecord = {
  membership: undefined,
  banned: false,
  admitted: false,
  removedAt: undefined,
  endedPeers: [],
  mayPublish: true,
  mayChat: true,
};

/** In a room with more records, each user is queried separately. */
export const MAX_ACCESS_RECORDS = 50;

interface Row extends Record<string, unknown> {
  readonly role: Role | null;
  readonly banned: boolean;
  readonly admitted: boolean;
  readonly removed_at: string | null;
  readonly peers: string[];
  readonly may_publish: boolean;
  readonly may_chat: boolean;
}

interface RowOfRoom extends Row {
  readonly room: string;
  readonly user_id: string;
}

/** A user in a room. */
interface RecordKey {
  readonly room: string;
  readonly user: string;
}

/** The columns of a record, for `a` (user and room) and `p` (permissions). */
const COLUMNS = sql.raw(`
  (select role from memberships m where m.room = a.room and m.user_id = a.user_id) as role,
  exists (select from bans b where b.room = a.room and b.user_id = a.user_id
    and (b.until is null or b.until > now())) as banned,
  exists (select from knocks k where k.room = a.room and k.user_id = a.user_id
    and k.admitted_at is not null) as admitted,
  (select extract(epoch from max(r.at)) * 1000 from removals r
    where r.room = a.room and r.user_id = a.user_id) as removed_at,
  (select coalesce(jsonb_agg(peer), '[]') from removals r, jsonb_array_elements_text(r.peers) as peer
    where r.room = a.room and r.user_id = a.user_id and r.at > now() - interval '10 minutes') as peers,
  coalesce(p.may_publish, true) as may_publish,
  coalesce(p.may_chat, true) as may_chat`);

/** Every user with a row in room `w`, with duplicates. Each table is read up to the limit only. */
const ANY_USER = sql.raw(
  ['memberships', 'bans', 'knocks', 'removals', 'permissions']
    .map((table) => `(select t.user_id from ${table} t where t.room = w.room limit ${MAX_ACCESS_RECORDS + 1})`)
    .join(' union all '),
);

/** Reads access records, with one query for all lookups of one turn of the event loop. */
@Injectable()
export class RoomAccessRecordsStore {
  private readonly together = batched<RecordKey, RoomAccessRecord>((asked) => this.findAll(asked));
  private readonly roomsTogether = batched<string, RoomAccessRecords>((rooms) => this.findRooms(rooms));

  constructor(@Inject(DATABASE) private readonly db: Database) {}

  find(room: string, user: string): Promise<RoomAccessRecord> {
    return this.together({ room, user });
  }

  /** All records of a room; users without one have {@link NO_ACCESS_RECORD}. */
  inRoom(room: string): Promise<RoomAccessRecords> {
    return this.roomsTogether(room);
  }

  private async findAll(asked: readonly RecordKey[]): Promise<RoomAccessRecord[]> {
    const rooms = sql.param(asked.map(({ room }) => room));
    const users = sql.param(asked.map(({ user }) => user));
    const { rows } = await this.db.execute<Row>(sql`
      select ${COLUMNS}
      from unnest(${rooms}::text[], ${users}::text[]) with ordinality as a (room, user_id, place)
      left join permissions p on p.room = a.room and p.user_id = a.user_id
      order by a.place`);
    return rows.map(toAccessRecord);
  }

  private async findRooms(asked: readonly string[]): Promise<RoomAccessRecords[]> {
    const { rows } = await this.db.execute<RowOfRoom>(sql`
      select a.room, a.user_id, ${COLUMNS}
      from unnest(${sql.param([...new Set(asked)])}::text[]) as w (room)
      cross join lateral (select w.room, user_id from (${ANY_USER}) as anybody limit ${MAX_ACCESS_RECORDS + 1}) as a
      left join permissions p on p.room = a.room and p.user_id = a.user_id`);
    const byRoom = new Map<string, RowOfRoom[]>();
    for (const row of rows) byRoom.set(row.room, [...(byRoom.get(row.room) ?? []), row]);
    return asked.map((room) => toAccessRecords(byRoom.get(room) ?? []));
  }
}

const toAccessRecords = (rows: readonly RowOfRoom[]): RoomAccessRecords =>
  rows.length > MAX_ACCESS_RECORDS ? 'many' : new Map(rows.map((row) => [row.user_id, toAccessRecord(row)]));

const toAccessRecord = (row: Row): RoomAccessRecord => ({
  membership: row.role ?? undefined,
  banned: row.banned,
  admitted: row.admitted,
  removedAt: row.removed_at === null ? undefined : Math.round(Number(row.removed_at)),
  endedPeers: row.peers,
  mayPublish: row.may_publish,
  mayChat: row.may_chat,
});
