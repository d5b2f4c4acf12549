import { actorOf } from '../../session/session.js';
import { chargeRoom } from '../charge-room.js';
import type { Handler } from './handler.js';

/** Handles `lock`: locks or unlocks the room for new peers. */
export const handleLock: Handler<'lock'> = async (message, session, context) => {
  const { id, room, locked } = message;
  context.rooms.peerOf(session, room);
  chargeRoom(context, message);
  await context.moderation.lock(actorOf(session), room, locked);
  session.send({ type: 'done', re: id });
};
