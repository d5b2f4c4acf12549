import { type IncomingChat, ProtocolError } from '@parley/protocol';
import { decideForParticipant } from '../../../auth/policy.js';
import { joinFrame } from '../../codec/frame.js';
import { chargeRoom } from '../charge-room.js';
import type { Handler } from './handler.js';

/** Handles `chat`: stores a message, answers with it as stored, and sends it to the room unless it was a resend. */
export const handleChat: Handler<'chat'> = async (message, session, context) => {
  const { room, id, text } = message;
  const from = context.rooms.peerOf(session, room);
  if (!decideForParticipant('room.chat', context.rooms.participantOf(from))) throw new ProtocolError('forbidden');
  if (Buffer.byteLength(text) > context.limits.maxChatBytes) {
    throw new ProtocolError('payload_too_large', `The chat text is longer than ${context.limits.maxChatBytes} bytes.`);
  }
  if (!session.chats.take(context.now())) {
    throw new ProtocolError('rate_limited', undefined, { retryAfterMs: session.chats.waitMs() });
  }
  chargeRoom(context, message, Buffer.byteLength(text));
  const { user, name } = session.principal;
  const { message: stored, fresh } = await context.chat.append({ room, user, name, from, id, text });
  session.send({ type: 'chat', re: id, room, ...stored });
  if (!fresh) return;
  context.stats.chats += 1;
  const header: IncomingChat = { type: 'chat', room, ...stored };
  context.rooms.deliverToRoom('to_room', room, joinFrame(header), from);
};
