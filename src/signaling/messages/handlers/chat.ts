import { type IncomingChat, ProtocolError } from '@parley/protocol';
import { decideSeated } from '../../../auth/policy.js';
import { joinFrame } from '../../codec/frame.js';
import type { Handler } from './handler.js';

/** Keeps a line of text, answers with it as it was kept, and passes it on when it was new. */
export const handleChat: Handler<'chat'> = async (message, session, services) => {
  const { room, id, text } = message;
  const from = services.rooms.peerOf(session, room);
  if (!decideSeated('room.chat', services.rooms.participantOf(from))) throw new ProtocolError('forbidden');
  if (Buffer.byteLength(text) > services.limits.maxChatBytes) {
    throw new ProtocolError('payload_too_large', `A chat text has at most ${services.limits.maxChatBytes} bytes.`);
  }
  if (!session.chats.take(services.now())) {
    throw new ProtocolError('rate_limited', undefined, { retryAfterMs: session.chats.waitMs() });
  }
  services.rooms.charge(room, services.now());
  const { user, name } = session.principal;
  const { message: kept, fresh } = await services.chat.append({ room, user, name, from, id, text });
  session.send({ type: 'chat', re: id, room, ...kept });
  if (!fresh) return;
  services.stats.chats += 1;
  const header: IncomingChat = { type: 'chat', room, ...kept };
  services.rooms.deliverToRoom('to_room', room, joinFrame(header), from);
};
