import { ApiProperty } from '@nestjs/swagger';
import type { ChatMessage, HistoryPage } from '@parley/protocol';
import type { Every, SameAsProtocol } from '../../schema/static-type.js';

class MessageResponse {
  @ApiProperty({ example: 'c-1', description: "The sender's id for the message." })
  readonly id!: string;

  @ApiProperty({ example: 43, description: 'Sequence number in the room: 1, 2, 3 … without gaps.' })
  readonly seq!: number;

  @ApiProperty({ example: 'u_4fQ9sLk2VbX8mZ1rTy6A' })
  readonly user!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  readonly name!: string;

  @ApiProperty({ example: 'p_Vn3kQ8sLxT0b', description: 'The peer that sent it.' })
  readonly from!: string;

  @ApiProperty({ example: 1_795_428_000_000, description: 'Milliseconds since the Unix epoch.' })
  readonly at!: number;

  @ApiProperty({ example: 'Hello!' })
  readonly text!: string;
}

/** A page of a room's chat, oldest first. */
export class MessagesResponse {
  @ApiProperty({ type: [MessageResponse] })
  readonly messages!: readonly MessageResponse[];

  @ApiProperty({ example: false, description: 'Whether there are more messages after this page.' })
  readonly more!: boolean;
}

/** Compiles only while REST and the gateway describe chat messages alike. */
export type ChatResponsesMatchTheProtocol = Every<{
  message: SameAsProtocol<MessageResponse, ChatMessage>;
  page: SameAsProtocol<MessagesResponse, Pick<HistoryPage, 'messages' | 'more'>>;
}>;
