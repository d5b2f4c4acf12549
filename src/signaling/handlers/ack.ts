import type { IncomingAck } from '@parley/protocol';
import { joinFrame } from '../frame.js';
import type { Handler } from './handler.js';

/** Carries the receiving client's word back to the sending one. */
export const handleAck: Handler<'ack'> = (message, session, services) => {
  const { from, member } = services.rooms.route(session, message.to);
  const header: IncomingAck = {
    type: 'ack',
    from,
    upto: message.upto,
    ...(message.missed !== undefined && { missed: message.missed }),
  };
  services.rooms.deliver(member, joinFrame(header));
};
