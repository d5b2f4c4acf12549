import { type IncomingBroadcast, ProtocolError } from '@parley/protocol';
import { decideForParticipant } from '../../../auth/policy.js';
import { joinFrame } from '../../codec/frame.js';
import type { Handler } from './handler.js';

/** To everyone else in the room who is there now; nothing is kept and nothing is acknowledged. */
export const handleBroadcast: Handler<'broadcast'> = (message, session, context, body) => {
  const from = context.rooms.peerOf(session, message.room);
  if (!decideForParticipant('room.broadcast', context.rooms.participantOf(from))) throw new ProtocolError('forbidden');
  if (!session.broadcasts.take(context.now())) {
    throw new ProtocolError('rate_limited', undefined, { retryAfterMs: session.broadcasts.waitMs() });
  }
  context.rooms.charge(message.room, context.now());
  const header: IncomingBroadcast = { type: 'broadcast', room: message.room, from, kind: message.kind };
  context.stats.broadcasts += 1;
  context.rooms.deliverToRoom('broadcast', message.room, joinFrame(header, body ?? Buffer.alloc(0)), from);
};
