import { type IncomingSignal, type PeerId, ProtocolError, type Signal } from '@parley/protocol';
import { decideForParticipant } from '../../../auth/policy.js';
import { relayedFrame } from '../../codec/fast-header.js';
import { joinFrame } from '../../codec/frame.js';
import type { Handler } from './handler.js';

const NOTHING = Buffer.alloc(0);

/** Handles `signal`: relays it with a new header and its body unchanged. No reply on success. */
export const handleSignal: Handler<'signal'> = (message, session, context, body, tail) => {
  const { seq, base } = message;
  if ((seq === undefined) !== (base === undefined) || Number(base) > Number(seq)) {
    throw new ProtocolError('bad_message', 'seq and base belong together, and base is at most seq.');
  }
  const { from, member } = context.rooms.route(session, message.to);
  // A denied offer still consumes its seq: otherwise the receiver would wait for it, and the sender would resend it.
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
