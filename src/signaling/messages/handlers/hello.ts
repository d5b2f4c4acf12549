import { CLOSE_CODES, type CloseCode, type ErrorCode, ProtocolError } from '@parley/protocol';
import { firstIceServers } from '../../session/ice-refresh.js';
import type { Handler } from './handler.js';

/** What the server offers beyond the first version of PROTOCOL.md. */
const FEATURES = ['heartbeat', 'history', 'broadcast'] as const;

/** When one who has too many sockets may come again: a dead one is found out within `silenceMs`. */
const FULL_MS = 5_000;

const CLOSE_FOR: Partial<Record<ErrorCode, CloseCode>> = {
  token_expired: CLOSE_CODES.tokenExpired,
  unavailable: CLOSE_CODES.unavailable,
  superseded: CLOSE_CODES.superseded,
  rate_limited: CLOSE_CODES.rateLimited,
};

/** Authenticates the socket. Whatever goes wrong here ends it, with a code that says whether to come back. */
export const handleHello: Handler<'hello'> = async (message, session, context) => {
  session.state = 'hello';
  try {
    const principal = await context.verifier.verify(message.token);
    if ((session.state as string) === 'closed') return;
    const id = context.ids.session(principal.user, message.key);
    session.principal = principal;
    session.info = {
      session: id,
      attempt: message.attempt,
      answersPings: message.features?.includes('heartbeat') === true,
    };
    const iceServers = await firstIceServers(session, context);
    if ((session.state as string) === 'closed') return;
    // From here to the claim nothing waits, or a burst would pass the limit.
    if (context.registry.isFull(principal.user, id)) {
      throw new ProtocolError('rate_limited', 'You have too many sockets open.', { retryAfterMs: FULL_MS });
    }
    if (!context.registry.claim(session)) throw new ProtocolError('superseded');
    session.state = 'on';
    session.send({
      type: 'welcome',
      re: message.id,
      session: id,
      user: { id: principal.user, name: principal.name },
      node: context.rooms.node,
      iceServers,
      limits: context.limits,
      features: FEATURES,
      expiresAt: principal.expiresAt,
    });
  } catch (error) {
    const fault = error instanceof ProtocolError ? error : new ProtocolError('internal');
    if (!(error instanceof ProtocolError)) context.log.error(error, 'hello failed');
    session.sendError(fault, { re: message.id });
    session.close(
      CLOSE_FOR[fault.code] ?? (fault.retryable ? CLOSE_CODES.unavailable : CLOSE_CODES.tokenInvalid),
      fault.code,
    );
  }
};
