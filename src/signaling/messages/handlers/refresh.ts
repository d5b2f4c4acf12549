import { CLOSE_CODES, ProtocolError } from '@parley/protocol';
import type { Handler } from './handler.js';

/** Handles `refresh`: replaces the session's token by a new one of the same user, so that the socket stays open. */
export const handleRefresh: Handler<'refresh'> = async (message, session, context) => {
  const principal = await context.verifier.verify(message.token);
  if (principal.user !== session.principal.user) {
    session.sendError(new ProtocolError('forbidden', 'The token belongs to another user.'), { re: message.id });
    session.close(CLOSE_CODES.forbidden, 'the token belongs to another user');
    return;
  }
  session.principal = principal;
  session.tokenWarned = false;
  await context.lifecycle.renamed(session);
  session.send({ type: 'refreshed', re: message.id, expiresAt: principal.expiresAt });
};
