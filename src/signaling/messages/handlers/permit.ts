import { actorOf } from '../../session/session.js';
import type { Handler } from './handler.js';

/** Takes the permission to publish or to chat, or gives it back. */
export const handlePermit: Handler<'permit'> = async ({ id, room, peer, publish, chat }, session, context) => {
  context.rooms.peerOf(session, room);
  await context.moderation.permit(actorOf(session), room, peer, { publish, chat });
  session.send({ type: 'done', re: id });
};
