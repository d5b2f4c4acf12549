import type { ChatMessage, PeerId, RoomId, UserId } from '@parley/protocol';

/** A chat message to append. */
export interface NewMessage {
  readonly room: RoomId;
  readonly user: UserId;
  readonly name: string;
  readonly from: PeerId;
  /** The client's id of the message. */
  readonly id: string;
  readonly text: string;
}

/** The durable log of each room's chat. */
export abstract class ChatLog {
  /**
   * Stores a message. The same `id` of the same user in the same room is the same message: the stored one is returned,
   * with `fresh` false.
   * @throws ProtocolError `unavailable` when the database is unavailable, `room_not_found`.
   */
  abstract append(message: NewMessage): Promise<{ readonly message: ChatMessage; readonly fresh: boolean }>;

  /**
   * Messages with a `seq` above `after`, oldest first; without `after`, the newest ones, oldest first.
   * @param limit 1 to 100
   */
  abstract page(
    room: RoomId,
    after: number | undefined,
    limit: number,
  ): Promise<{ readonly messages: readonly ChatMessage[]; readonly more: boolean }>;
}
