import { ProtocolError } from '@parley/protocol';
import { decideForParticipant } from '../../../auth/policy.js';
import type { Handler } from './handler.js';

const DEFAULT_LIMIT = 50;

/** Handles `history`: returns a page of the room's chat to one of its peers; 50 messages by default. */
export const handleHistory: Handler<'history'> = async (message, session, context) => {
  const peer = context.rooms.peerOf(session, message.room);
  if (!decideForParticipant('messages.read', context.rooms.participantOf(peer))) throw new ProtocolError('forbidden');
  const page = await context.chat.page(message.room, message.after, message.limit ?? DEFAULT_LIMIT);
  session.send({ type: 'history', re: message.id, room: message.room, ...page });
};
