import { ProtocolError } from '@parley/protocol';
import { decideForParticipant } from '../../../auth/policy.js';
import { chargeAfter } from '../../../rate-limit/message-costs.js';
import { joinFrame } from '../../codec/frame.js';
import type { Handler } from './handler.js';

const DEFAULT_LIMIT = 50;

/** Handles `history`: returns a page of the room's chat to one of its peers; 50 messages by default. */
export const handleHistory: Handler<'history'> = async (message, session, context) => {
  const peer = context.rooms.peerOf(session, message.room);
  if (!decideForParticipant('messages.read', context.rooms.participantOf(peer))) throw new ProtocolError('forbidden');
  const page = await context.chat.page(message.room, message.after, message.limit ?? DEFAULT_LIMIT);
  const frame = joinFrame({ type: 'history', re: message.id, room: message.room, ...page });
  session.sendFrame(frame);
  chargeAfter(session.requests, context.now(), 'history', { bytes: frame.length });
};
