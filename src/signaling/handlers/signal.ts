import { type IncomingSignal, ProtocolError } from '@parley/protocol';
import { joinFrame } from '../frame.js';
import type { Handler } from './handler.js';

const NOTHING = Buffer.alloc(0);

/** Relays one signal: a new header, the body's bytes as they came. No reply when all is well. */
export const handleSignal: Handler<'signal'> = (message, session, services, body) => {
  const { seq, base } = message;
  if ((seq === undefined) !== (base === undefined) || Number(base) > Number(seq)) {
    throw new ProtocolError('bad_message', 'seq and base belong together, and base is at most seq.');
  }
  const { from, member } = services.rooms.route(session, message.to);
  const header: IncomingSignal = {
    type: 'signal',
    from,
    ...(seq !== undefined && { seq }),
    ...(base !== undefined && { base }),
    kind: message.kind,
  };
  services.rooms.deliver(member, joinFrame(header, body ?? NOTHING));
};
