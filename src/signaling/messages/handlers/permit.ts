import { actorOf } from '../../session/session.js';
import { chargeRoom } from '../charge-room.js';
import type { Handler } from './handler.js';

/** Handles `permit`: denies or grants a peer's permission to publish or to chat. */
export const handlePermit: Handler<'permit'> = async (message, session, context) => {
  const { id, room, peer, publish, chat } = message;
  context.rooms.peerOf(session, room);
  chargeRoom(context, message);
  await context.moderation.permit(actorOf(session), room, peer, { publish, chat });
  session.send({ type: 'done', re: id });
};
