import { Inject, Injectable } from '@nestjs/common';
import { and, asc, desc, eq, gt, sql } from 'drizzle-orm';
import { DATABASE, type Database } from '../database/database.tokens.js';
import { messages, rooms } from '../database/schema.js';

/** A stored chat message. */
export type MessageRow = typeof messages.$inferSelect;

/** Stores chat messages. */
@Injectable()
export class ChatStore {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** Stores a message, once per client id. @returns undefined when the room does not exist */
  append(
    message: Omit<MessageRow, 'seq' | 'at'>,
  ): Promise<{ readonly row: MessageRow; readonly fresh: boolean } | undefined> {
    return this.db.transaction(async (tx) => {
      // The row lock numbers a room's messages one at a time; a rollback takes the number back too, so there is no gap.
      const [room] = await tx
        .select({ seq: rooms.lastSeq })
        .from(rooms)
        .where(eq(rooms.id, message.room))
        .for('update');
      if (room === undefined) return undefined;
      const [stored] = await tx
        .select()
        .from(messages)
        .where(
          and(
            eq(messages.room, message.room),
            eq(messages.user, message.user),
            eq(messages.clientId, message.clientId),
          ),
        );
      if (stored !== undefined) return { row: stored, fresh: false };
      const seq = room.seq + 1;
      await tx.update(rooms).set({ lastSeq: seq }).where(eq(rooms.id, message.room));
      const [row] = await tx
        .insert(messages)
        .values({ ...message, seq, at: sql`clock_timestamp()` })
        .returning();
      return row === undefined ? undefined : { row, fresh: true };
    });
  }

  /** Messages after a sequence number, or the newest ones; oldest first. */
  async page(room: string, after: number | undefined, limit: number): Promise<MessageRow[]> {
    if (after !== undefined) {
      const wanted = and(eq(messages.room, room), gt(messages.seq, after));
      return this.db.select().from(messages).where(wanted).orderBy(asc(messages.seq)).limit(limit);
    }
    const newest = await this.db
      .select()
      .from(messages)
      .where(eq(messages.room, room))
      .orderBy(desc(messages.seq))
      .limit(limit);
    return newest.reverse();
  }
}
