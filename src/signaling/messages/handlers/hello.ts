import {
  CLOSE_CODES,
  type CloseCode,
  type ErrorCode,
  type Hello,
  type IceServer,
  ProtocolError,
} from '@parley/protocol';
import { firstIceServers } from '../../session/ice-refresh.js';
import type { Session } from '../../session/session.js';
import type { HandlerContext } from '../handler-context.js';
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
    await context.admissions.authenticate(
      () => authenticate(message, session, context),
      (iceServers) => {
        const { principal, info } = session;
        // Nothing is awaited from here on, or a burst of sockets could exceed the limit.
        if (context.registry.isFull(principal.user, info.session)) {
          throw new ProtocolError('rate_limited', 'You have too many sockets open.', { retryAfterMs: FULL_MS });
        }
        if (!context.registry.claim(session)) throw new ProtocolError('superseded');
        session.state = 'on';
        session.send({
          type: 'welcome',
          re: message.id,
          session: info.session,
          user: { id: principal.user, name: principal.name },
          node: context.rooms.node,
          iceServers,
          limits: context.limits,
          features: FEATURES,
          expiresAt: principal.expiresAt,
        });
      },
    );
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

/** Verifies the token of a `hello`. @returns undefined when the socket has closed meanwhile */
const authenticate = async (
  { token, key, attempt, features }: Hello,
  session: Session,
  context: HandlerContext,
): Promise<readonly IceServer[] | undefined> => {
  const principal = await context.verifier.verify(token);
  if (session.state === 'closed') return undefined;
  session.principal = principal;
  session.info = {
    session: context.ids.session(principal.user, key),
    attempt,
    answersPings: features?.includes('heartbeat') === true,
  };
  const iceServers = await firstIceServers(session, context);
  return (session.state as string) === 'closed' ? undefined : iceServers;
};
