import { CLOSE_CODES, ProtocolError } from '@parley/protocol';
import { chargeAfter } from '../../../rate-limit/message-costs.js';
import type { Handler } from './handler.js';

/** Handles `refresh`: replaces the session's token by a new one of the same user, so that the socket stays open. */
export const handleRefresh: Handler<'refresh'> = async (message, session, context) => {
  const principal = await context.verifier.verify(message.token);
  if (principal.user !== session.principal.user) {
    session.sendError(new ProtocolError('forbidden', 'The token belongs to another user.'), { re: message.id });
    session.close(CLOSE_CODES.forbidden, 'the token belongs to another user');
    return;
  }
  session.tokenWarned = false;
  const isRenamed = principal.name !== session.principal.name;
  const rooms = isRenamed ? [...session.rooms.keys()] : [];
  const peers = rooms.reduce((sum, room) => sum + (context.rooms.get(room)?.members.size ?? 0), 0);
  chargeAfter(session.requests, context.now(), 'refresh', { peers });
  session.principal = principal;
  await context.lifecycle.renamed(session);
  session.send({ type: 'refreshed', re: message.id, expiresAt: principal.expiresAt });
};
