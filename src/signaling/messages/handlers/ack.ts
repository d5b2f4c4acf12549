import { type Ack, type IncomingAck, type PeerId, ProtocolError } from '@parley/protocol';
import { relayedFrame } from '../../codec/fast-header.js';
import { joinFrame } from '../../codec/frame.js';
import type { Handler } from './handler.js';

/** Handles `ack`: relays an acknowledgment from the receiving client to the sender of the signals. */
export const handleAck: Handler<'ack'> = (message, session, context, _body, tail) => {
  if (message.missed?.some((seq) => seq > message.upto)) {
    throw new ProtocolError('bad_message', 'missed names numbers above upto.');
  }
  const { from, member } = context.rooms.route(session, message.to);
  context.rooms.deliver(
    member,
    tail !== undefined ? relayedFrame('ack', from, tail) : joinFrame(headerOf(message, from)),
  );
};

const headerOf = ({ upto, missed }: Ack, from: PeerId): IncomingAck => ({
  type: 'ack',
  from,
  upto,
  ...(missed !== undefined && { missed }),
});
