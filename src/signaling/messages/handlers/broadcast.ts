import { type IncomingBroadcast, ProtocolError } from '@parley/protocol';
import { decideForParticipant } from '../../../auth/policy.js';
import { joinFrame } from '../../codec/frame.js';
import { chargeRoom } from '../charge-room.js';
import type { Handler } from './handler.js';

/** Handles `broadcast`: sends a frame to all other peers of a room, at most once and without acknowledgment. */
export const handleBroadcast: Handler<'broadcast'> = (message, session, context, body) => {
  const from = context.rooms.peerOf(session, message.room);
  if (!decideForParticipant('room.broadcast', context.rooms.participantOf(from))) throw new ProtocolError('forbidden');
  if (!session.broadcasts.take(context.now())) {
    throw new ProtocolError('rate_limited', undefined, { retryAfterMs: session.broadcasts.waitMs() });
  }
  chargeRoom(context, message, body?.length);
  const header: IncomingBroadcast = { type: 'broadcast', room: message.room, from, kind: message.kind };
  context.stats.broadcasts += 1;
  context.rooms.deliverToRoom('broadcast', message.room, joinFrame(header, body ?? Buffer.alloc(0)), from);
};
