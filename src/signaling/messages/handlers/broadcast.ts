import { type IncomingBroadcast, ProtocolError } from '@parley/protocol';
import { decideSeated } from '../../../auth/policy.js';
import { joinFrame } from '../../codec/frame.js';
import type { Handler } from './handler.js';

/** To everyone else in the room who is there now; nothing is kept and nothing is acknowledged. */
export const handleBroadcast: Handler<'broadcast'> = (message, session, services, body) => {
  const from = services.rooms.peerOf(session, message.room);
  if (!decideSeated('room.broadcast', services.rooms.participantOf(from))) throw new ProtocolError('forbidden');
  if (!session.broadcasts.take(services.now())) {
    throw new ProtocolError('rate_limited', undefined, { retryAfterMs: session.broadcasts.waitMs() });
  }
  services.rooms.charge(message.room, services.now());
  const header: IncomingBroadcast = { type: 'broadcast', room: message.room, from, kind: message.kind };
  services.stats.broadcasts += 1;
  services.rooms.deliverToRoom('broadcast', message.room, joinFrame(header, body ?? Buffer.alloc(0)), from);
};
