import { type IncomingSignal, type PeerId, ProtocolError, type Signal } from '@parley/protocol';
import { decideForParticipant } from '../../../auth/policy.js';
import { relayedFrame } from '../../codec/fast-header.js';
import { joinFrame } from '../../codec/frame.js';
import type { Handler } from './handler.js';

const NOTHING = Buffer.alloc(0);

/** Relays one signal: a new header, the body's bytes as they came. No reply when all is well. */
export const handleSignal: Handler<'signal'> = (message, session, context, body, tail) => {
  const { seq, base } = message;
  if ((seq === undefined) !== (base === undefined) || Number(base) > Number(seq)) {
    throw new ProtocolError('bad_message', 'seq and base belong together, and base is at most seq.');
  }
  const { from, member } = context.rooms.route(session, message.to);
  // What is refused takes its number all the same: the receiver would wait for it, and the sender would send it again.
  const isDenied = message.kind === 'offer' && !decideForParticipant('room.publish', context.rooms.participantOf(from));
  if (isDenied && seq === undefined) throw new ProtocolError('forbidden');
  context.rooms.deliver(
    member,
    tail !== undefined && !isDenied
      ? relayedFrame('signal', from, tail)
      : joinFrame(headerOf(message, from, isDenied), isDenied ? NOTHING : (body ?? NOTHING)),
  );
};

const headerOf = ({ seq, base, kind }: Signal, from: PeerId, isDenied: boolean): IncomingSignal => ({
  type: 'signal',
  from,
  ...(seq !== undefined && { seq }),
  ...(base !== undefined && { base }),
  kind,
  ...(isDenied && { denied: 'forbidden' as const }),
});
