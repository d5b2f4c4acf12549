import { actorOf } from '../../session/session.js';
import type { Handler } from './handler.js';

/** Handles `permit`: denies or grants a peer's permission to publish or to chat. */
export const handlePermit: Handler<'permit'> = async ({ id, room, peer, publish, chat }, session, context) => {
  context.rooms.peerOf(session, room);
  await context.moderation.permit(actorOf(session), room, peer, { publish, chat });
  session.send({ type: 'done', re: id });
};
