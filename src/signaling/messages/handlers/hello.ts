import { CLOSE_CODES, type CloseCode, type ErrorCode, ProtocolError } from '@parley/protocol';
import { firstIceServers } from '../../session/ice-refresh.js';
import type { Handler } from './handler.js';

/** Features that the server has beyond the first version of PROTOCOL.md. */
const FEATURES = ['heartbeat', 'history', 'broadcast'] as const;

/** When a user with too many sockets may retry; dead sockets are removed within `silenceMs`. */
const FULL_MS = 5_000;

const CLOSE_FOR: Partial<Record<ErrorCode, CloseCode>> = {
  token_expired: CLOSE_CODES.tokenExpired,
  unavailable: CLOSE_CODES.unavailable,
  superseded: CLOSE_CODES.superseded,
  rate_limited: CLOSE_CODES.rateLimited,
};

/** Handles `hello`: authenticates the socket. Any failure closes it, with a code that says whether to reconnect. */
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
    // No await from here to the claim, or a burst of sockets could exceed the limit.
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
    const failure = error instanceof ProtocolError ? error : new ProtocolError('internal');
    if (!(error instanceof ProtocolError)) context.log.error(error, 'hello failed unexpectedly; socket closed');
    session.sendError(failure, { re: message.id });
    session.close(
      CLOSE_FOR[failure.code] ?? (failure.retryable ? CLOSE_CODES.unavailable : CLOSE_CODES.tokenInvalid),
      failure.code,
    );
  }
};
