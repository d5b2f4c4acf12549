import type { IncomingSignal } from '@parley/protocol';
import { joinFrame } from '../frame.js';
import type { Handler } from './handler.js';

const NOTHING = Buffer.alloc(0);

/** Relays one signal: a new header, the body's bytes as they came. No reply when all is well. */
export const handleSignal: Handler<'signal'> = (message, session, services, body) => {
  const { from, member } = services.rooms.route(session, message.to);
  const header: IncomingSignal = {
    type: 'signal',
    from,
    ...(message.seq !== undefined && { seq: message.seq }),
    ...(message.base !== undefined && { base: message.base }),
    kind: message.kind,
  };
  services.rooms.deliver(member, joinFrame(header, body ?? NOTHING));
};
