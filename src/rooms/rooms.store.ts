import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '@parley/protocol';
import { and, count, desc, eq, exists, isNotNull, like, lt, or, type SQL, sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { lockInTransaction } from '../database/lock-in-transaction.js';
import { memberships, rooms } from '../database/schema.js';

/** A room as it is kept. */
export type Room = typeof rooms.$inferSelect;

/** What may be set of a room. */
export type RoomChange = Partial<
  Pick<
    Room,
    | 'name'
    | 'listed'
    | 'guestsAllowed'
    | 'capacity'
    | 'metadata'
    | 'access'
    | 'locked'
    | 'endsAt'
    | 'endWhenEmptySeconds'
  >
>;

/** A place between two rooms in the list: the room that was shown last. */
export interface RoomPosition {
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly id: string;
}

/** Whose list it is. */
export interface RoomScope {
  /** Rooms that this user is a member of are shown. */
  readonly member: string | undefined;
  /** Rooms of these ids, or of these beginnings (`prefix*`), are shown. Undefined: all that are listed. */
  readonly granted: readonly string[] | undefined;
}

/** The rooms' rows, and who is what in them. */
@Injectable()
export class RoomsStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Makes a room of an owner's, unless there are `most` of these already.
   * @returns undefined when the limit is reached
   */
  insert(
    room: Pick<Room, 'id' | 'name'> & Omit<RoomChange, 'name'> & { owner: string },
    max: number,
  ): Promise<Room | undefined> {
    return this.db.transaction(async (tx) => {
      // One owner's rooms are counted and made one after another, or a burst would pass the limit.
      await lockInTransaction(tx, 'rooms of', room.owner);
      const [own] = await tx.select({ rooms: count() }).from(rooms).where(eq(rooms.owner, room.owner));
      if (own === undefined || own.rooms >= max) return undefined;
      const [row] = await tx
        .insert(rooms)
        .values({ guestsAllowed: true, ...room, searchName: searchable(room.name), ...derived(room) })
        .returning();
      await tx.insert(memberships).values({ room: room.id, user: room.owner, role: 'owner' });
      return row;
    });
  }

  async find(id: string): Promise<Room | undefined> {
    const [room] = await this.db.select().from(rooms).where(eq(rooms.id, id)).limit(1);
    return room;
  }

  /** What a user was made in a room. */
  async membership(room: string, user: string): Promise<Role | undefined> {
    const [row] = await this.db
      .select({ role: memberships.role })
      .from(memberships)
      .where(and(eq(memberships.room, room), eq(memberships.user, user)))
      .limit(1);
    return row?.role;
  }

  /** Whatever its version is: the change does not depend on what was read. */
  async set(id: string, change: RoomChange): Promise<Room | undefined> {
    const [row] = await this.db
      .update(rooms)
      .set({ ...change, version: sql`${rooms.version} + 1`, updatedAt: sql`now()` })
      .where(eq(rooms.id, id))
      .returning();
    return row;
  }

  /**
   * A page of the rooms that may be shown, newest first.
   * @param search a part of the name, whatever its case
   * @param after the last room of the page before
   */
  list(scope: RoomScope, search: string | undefined, after: RoomPosition | undefined, limit: number): Promise<Room[]> {
    const shown = or(this.isMember(scope.member), isGranted(scope.granted)) ?? sql`false`;
    const wanted: (SQL | undefined)[] = [shown];
    if (search !== undefined) wanted.push(like(rooms.searchName, `%${escapeLike(searchable(search))}%`));
    if (after !== undefined) {
      const at = new Date(after.createdAt);
      wanted.push(or(lt(rooms.createdAt, at), and(eq(rooms.createdAt, at), lt(rooms.id, after.id))));
    }
    return this.db
      .select()
      .from(rooms)
      .where(and(...wanted))
      .orderBy(desc(rooms.createdAt), desc(rooms.id))
      .limit(limit);
  }

  private isMember(user: string | undefined): SQL | undefined {
    if (user === undefined) return undefined;
    const row = and(eq(memberships.room, rooms.id), eq(memberships.user, user));
    return exists(this.db.select({ one: sql`1` }).from(memberships).where(row));
  }

  /** @returns undefined when the room is gone or is at another version */
  async update(id: string, version: number, change: RoomChange): Promise<Room | undefined> {
    const [row] = await this.db
      .update(rooms)
      .set({ ...change, ...derived(change), version: sql`${rooms.version} + 1`, updatedAt: sql`now()` })
      .where(and(eq(rooms.id, id), eq(rooms.version, version)))
      .returning();
    return row;
  }

  async remove(id: string): Promise<boolean> {
    return (await this.db.delete(rooms).where(eq(rooms.id, id)).returning({ id: rooms.id })).length > 0;
  }
}

const isGranted = (granted: readonly string[] | undefined): SQL | undefined =>
  granted === undefined
    ? and(eq(rooms.listed, true), isNotNull(rooms.owner))
    : or(
        ...granted.map((name) =>
          name.endsWith('*') ? like(rooms.id, `${escapeLike(name.slice(0, -1))}%`) : eq(rooms.id, name),
        ),
      );

/** What follows from a change. Nobody is thought to have been missing before it mattered. */
const derived = <T extends RoomChange>({ name, endWhenEmptySeconds }: T) => ({
  ...(name !== undefined && { searchName: searchable(name) }),
  ...(endWhenEmptySeconds !== undefined && { emptySince: sql`now()` }),
});

/** A name as it is searched. */
export const searchable = (name: string): string => name.normalize('NFKC').toLowerCase();

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
