import { CLOSE_CODES, ProtocolError } from '@parley/protocol';
import type { Handler } from './handler.js';

/** Takes a fresh token of the same user, so that the socket can stay. */
export const handleRefresh: Handler<'refresh'> = async (message, session, context) => {
  const principal = await context.verifier.verify(message.token);
  if (principal.user !== session.principal.user) {
    session.sendError(new ProtocolError('forbidden', 'The token is of another user.'), { re: message.id });
    session.close(CLOSE_CODES.forbidden, 'a token of another user');
    return;
  }
  session.principal = principal;
  session.tokenWarned = false;
  await context.lifecycle.renamed(session);
  session.send({ type: 'refreshed', re: message.id, expiresAt: principal.expiresAt });
};
