import { Injectable } from '@nestjs/common';
import { type ChatMessage, type PeerId, ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { orUnavailable } from '../database/database-errors.js';
import { ChatStore, type MessageRow } from './chat.store.js';
import { ChatLog, type NewMessage } from './chat-log.js';

/** The chat log in PostgreSQL. */
@Injectable()
export class PostgresChatLog extends ChatLog {
  constructor(private readonly store: ChatStore) {
    super();
  }

  async append({ room, user, name, from, id, text }: NewMessage): Promise<{ message: ChatMessage; fresh: boolean }> {
    // The one character that PostgreSQL's text type cannot store.
    if (text.includes('\u0000'))
      throw new ProtocolError('bad_message', 'A chat text cannot contain the character U+0000.');
    const stored = await orUnavailable(this.store.append({ room, user, name, peer: from, clientId: id, text }));
    if (stored === undefined) throw new ProtocolError('room_not_found');
    return { message: toMessage(stored.row), fresh: stored.fresh };
  }

  async page(
    room: RoomId,
    after: number | undefined,
    limit: number,
  ): Promise<{ messages: ChatMessage[]; more: boolean }> {
    // One more than requested shows whether there is a next page.
    const rows = await orUnavailable(this.store.page(room, after, after === undefined ? limit : limit + 1));
    return { messages: rows.slice(0, limit).map(toMessage), more: rows.length > limit };
  }
}

const toMessage = (row: MessageRow): ChatMessage => ({
  id: row.clientId,
  seq: row.seq,
  user: row.user as UserId,
  name: row.name,
  from: row.peer as PeerId,
  at: row.at.getTime(),
  text: row.text,
});
