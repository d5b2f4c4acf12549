import { chargeRoom } from '../charge-room.js';
import type { Handler } from './handler.js';
import { checkMeta } from './join.js';

/** Handles `update`: replaces the data of the session's own participant. */
export const handleUpdate: Handler<'update'> = async (message, session, context) => {
  checkMeta(message.meta, context.limits.maxMetaBytes);
  context.rooms.peerOf(session, message.room);
  chargeRoom(context, message, JSON.stringify(message.meta).length);
  await context.lifecycle.update(session, message.room, message.meta);
  session.send({ type: 'updated', re: message.id, room: message.room });
};
