import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { RoomAttributes } from '../auth/policy.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { batched } from '../database/batched.js';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { lockAllInTransaction } from '../database/lock-in-transaction.js';
import { type Room, searchable } from './rooms.store.js';

/** What the gateway knows of a room. */
export type RoomRecord = RoomAttributes & Pick<Room, 'name' | 'capacity' | 'metadata'>;

type Row = RoomRecord & Record<string, unknown>;

/** A room that a token's grant names. */
interface Wanted {
  readonly id: string;
  readonly madeBy: string;
  readonly guestsAllowed: boolean;
}

/** Longer than anybody has a user's lock who works. */
const LOCK_MS = 1_000;

const COLUMNS = sql.raw('id, owner, guests_allowed as "guestsAllowed", access, locked, name, capacity, metadata');

/** What the gateway asks of rooms, in one question for all that is asked in one turn. */
@Injectable()
export class RoomRecordsStore {
  private readonly found = batched<string, RoomRecord | undefined>(async (ids) => {
    const cached = await this.findAll(this.db, ids);
    return ids.map((id) => cached.get(id));
  });
  private readonly made = batched<Wanted, RoomRecord | undefined>((wanted) => this.makeAll(wanted));

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  find(id: string): Promise<RoomRecord | undefined> {
    return this.found(id);
  }

  /**
   * Makes a room that a token's grant names, if it is not there.
   * @param guestsAllowed whether the grant lets guests in; of no effect on a room that is there
   * @returns undefined when grants of this user made as many rooms as they may
   */
  make(id: string, madeBy: string, guestsAllowed: boolean): Promise<RoomRecord | undefined> {
    return this.made({ id, madeBy, guestsAllowed });
  }

  private async makeAll(wanted: readonly Wanted[]): Promise<(RoomRecord | undefined)[]> {
    const firsts = new Map<string, Wanted>();
    for (const each of wanted) if (!firsts.has(each.id)) firsts.set(each.id, each);
    const made = await this.makeEach([...firsts.values()]);
    // Who wanted the same room as somebody who may make no more makes it alone.
    const others = wanted.map(async (each) =>
      made.has(each.id) || firsts.get(each.id)?.madeBy === each.madeBy
        ? made.get(each.id)
        : (await this.makeEach([each])).get(each.id),
    );
    return Promise.all(others);
  }

  private makeEach(wanted: readonly Wanted[]): Promise<Map<string, RoomRecord>> {
    const { maxGranted, grantedEmptySeconds } = this.config.rooms;
    const endsAfter = grantedEmptySeconds === 0 ? null : grantedEmptySeconds;
    const ids = sql.param(wanted.map(({ id }) => id));
    const names = sql.param(wanted.map(({ id }) => searchable(id)));
    const makers = sql.param(wanted.map(({ madeBy }) => madeBy));
    const guests = sql.param(wanted.map(({ guestsAllowed }) => guestsAllowed));
    return this.db.transaction(async (tx) => {
      // Who stands still with one user's lock holds up nobody else for longer: each is made alone then.
      await tx.execute(sql`set local lock_timeout = '${sql.raw(String(LOCK_MS))}ms'`);
      // One user's rooms are counted and made one after another, or a burst would pass the limit.
      await lockAllInTransaction(tx, 'rooms of', [...new Set(wanted.map(({ madeBy }) => madeBy))]);
      // In the order of their ids, so that two who make the same rooms do not wait for each other.
      const { rows } = await tx.execute<Row>(sql`
        insert into rooms (id, name, search_name, listed, guests_allowed, made_by, end_when_empty_seconds, empty_since)
        select id, id, search_name, false, guests_allowed, made_by, ${endsAfter}::int, case when ${endsAfter}::int is not null then now() end
        from (
          select *, row_number() over (partition by made_by order by place) as nth
          from unnest(${ids}::text[], ${names}::text[], ${makers}::text[], ${guests}::boolean[]) with ordinality
            as w (id, search_name, made_by, guests_allowed, place)
          where not exists (select from rooms r where r.id = w.id)
        ) as fresh
        where nth + (select count(*) from rooms r where r.made_by = fresh.made_by) <= ${maxGranted}
        order by id
        on conflict do nothing
        returning ${COLUMNS}`);
      const made = new Map<string, RoomRecord>(rows.map((row) => [row.id, row]));
      const there = wanted.map(({ id }) => id).filter((id) => !made.has(id));
      return there.length === 0 ? made : new Map([...made, ...(await this.findAll(tx, there))]);
    });
  }

  private async findAll(db: Pick<Database, 'execute'>, ids: readonly string[]): Promise<Map<string, RoomRecord>> {
    const { rows } = await db.execute<Row>(
      sql`select ${COLUMNS} from rooms where id = any(${sql.param([...new Set(ids)])}::text[])`,
    );
    return new Map(rows.map((row) => [row.id, row]));
  }
}
