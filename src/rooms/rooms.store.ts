import { Inject, Injectable } from '@nestjs/common';
import type { Role } from '@parley/protocol';
import { and, count, desc, eq, exists, isNotNull, like, lt, or, type SQL, sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { lockInTransaction } from '../database/lock-in-transaction.js';
import { memberships, rooms } from '../database/schema.js';

/** A stored room. */
export type Room = typeof rooms.$inferSelect;

/** Changes of a room's settings. */
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

/** A position in the list of rooms: the last room of a page. */
export interface RoomPosition {
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly id: string;
}

/** Which rooms a list includes. */
export interface RoomScope {
  /** Includes rooms that this user is a member of. */
  readonly member: string | undefined;
  /** Includes rooms with these ids or prefixes (`prefix*`). Undefined: all listed rooms. */
  readonly granted: readonly string[] | undefined;
}

/** Stores rooms and their owners' memberships. */
@Injectable()
export class RoomsStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Creates a room, unless its owner has `max` rooms already.
   * @returns undefined when the limit is reached
   */
  insert(
    room: Pick<Room, 'id' | 'name'> & Omit<RoomChange, 'name'> & { owner: string },
    max: number,
  ): Promise<Room | undefined> {
    return this.db.transaction(async (tx) => {
      // The lock makes counting and creating one step: a burst cannot exceed the limit.
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

  /** A user's persisted role in a room. */
  async membership(room: string, user: string): Promise<Role | undefined> {
    const [row] = await this.db
      .select({ role: memberships.role })
      .from(memberships)
      .where(and(eq(memberships.room, room), eq(memberships.user, user)))
      .limit(1);
    return row?.role;
  }

  /** Changes a room at any version. @returns undefined when it does not exist */
  async set(id: string, change: RoomChange): Promise<Room | undefined> {
    const [row] = await this.db
      .update(rooms)
      .set({ ...change, version: sql`${rooms.version} + 1`, updatedAt: sql`now()` })
      .where(eq(rooms.id, id))
      .returning();
    return row;
  }

  /**
   * Lists rooms within a scope, newest first.
   * @param search a part of the name, case-insensitive
   * @param after the last room of the previous page
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

  /** Changes a room at a version. @returns undefined when it does not exist or has another version */
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

/** Columns derived from a change. Time spent empty counts from when `endWhenEmptySeconds` was set. */
const derived = <T extends RoomChange>({ name, endWhenEmptySeconds }: T) => ({
  ...(name !== undefined && { searchName: searchable(name) }),
  ...(endWhenEmptySeconds !== undefined && { emptySince: sql`now()` }),
});

/** A name normalized for searching: NFKC and lower case. */
export const searchable = (name: string): string => name.normalize('NFKC').toLowerCase();

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
