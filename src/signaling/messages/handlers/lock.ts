import { actorOf } from '../../session/session.js';
import type { Handler } from './handler.js';

/** Handles `lock`: locks or unlocks the room for new peers. */
export const handleLock: Handler<'lock'> = async ({ id, room, locked }, session, context) => {
  context.rooms.peerOf(session, room);
  await context.moderation.lock(actorOf(session), room, locked);
  session.send({ type: 'done', re: id });
};
