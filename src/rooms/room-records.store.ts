import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { RoomAttributes } from '../auth/policy.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { batched } from '../database/batched.js';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { lockAllInTransaction } from '../database/lock-in-transaction.js';
import { type Room, searchable } from './rooms.store.js';

/** The part of a room that admission needs. */
export type RoomRecord = RoomAttributes & Pick<Room, 'name' | 'capacity' | 'metadata'>;

type Row = RoomRecord & Record<string, unknown>;

/** A room to create for a token's grant. */
interface Wanted {
  readonly id: string;
  readonly madeBy: string;
  readonly guestsAllowed: boolean;
}

/** Maximum wait for a user's lock; longer than a working transaction holds it. */
const LOCK_MS = 1_000;

const COLUMNS = sql.raw('id, owner, guests_allowed as "guestsAllowed", access, locked, name, capacity, metadata');

/** Reads and creates rooms for admission, with one query for all requests of one turn of the event loop. */
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
   * Creates a room for a token's grant, unless it exists.
   * @param guestsAllowed whether the grant allows guests; without effect on an existing room
   * @returns undefined when this user's grants created the maximum number of rooms
   */
  make(id: string, madeBy: string, guestsAllowed: boolean): Promise<RoomRecord | undefined> {
    return this.made({ id, madeBy, guestsAllowed });
  }

  private async makeAll(wanted: readonly Wanted[]): Promise<(RoomRecord | undefined)[]> {
    const firsts = new Map<string, Wanted>();
    for (const each of wanted) if (!firsts.has(each.id)) firsts.set(each.id, each);
    const made = await this.makeEach([...firsts.values()]);
    // Another user may have requested the same room first and be at the limit: these are tried again separately.
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
      // A transaction that hangs with one user's lock must not delay the others for longer.
      await tx.execute(sql`set local lock_timeout = '${sql.raw(String(LOCK_MS))}ms'`);
      // The lock makes counting and creating one step: a burst cannot exceed the limit.
      await lockAllInTransaction(tx, 'rooms of', [...new Set(wanted.map(({ madeBy }) => madeBy))]);
      // Ordered by id, so that two nodes that create the same rooms do not deadlock.
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
