import { type IncomingAck, ProtocolError } from '@parley/protocol';
import { joinFrame } from '../frame.js';
import type { Handler } from './handler.js';

/** Carries the receiving client's word back to the sending one. */
export const handleAck: Handler<'ack'> = (message, session, services) => {
  if (message.missed?.some((seq) => seq > message.upto)) {
    throw new ProtocolError('bad_message', 'missed names numbers above upto.');
  }
  const { from, member } = services.rooms.route(session, message.to);
  const header: IncomingAck = {
    type: 'ack',
    from,
    upto: message.upto,
    ...(message.missed !== undefined && { missed: message.missed }),
  };
  services.rooms.deliver(member, joinFrame(header));
};
