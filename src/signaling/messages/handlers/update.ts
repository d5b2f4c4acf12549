import type { Handler } from './handler.js';
import { checkMeta } from './join.js';

/** Handles `update`: replaces the data of the session's own participant. */
export const handleUpdate: Handler<'update'> = async (message, session, context) => {
  checkMeta(message.meta, context.limits.maxMetaBytes);
  context.rooms.peerOf(session, message.room);
  context.rooms.charge(message.room, context.now());
  await context.lifecycle.update(session, message.room, message.meta);
  session.send({ type: 'updated', re: message.id, room: message.room });
};
