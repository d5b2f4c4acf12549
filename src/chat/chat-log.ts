import type { ChatMessage, PeerId, RoomId, UserId } from '@parley/protocol';

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
   * Keeps a message. The same `id` of the same user in the same room is the same message: it is returned as
   * it was kept first, with `fresh` false.
   * @throws ProtocolError `unavailable` when the database cannot be asked, `room_not_found`.
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
