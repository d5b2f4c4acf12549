import type { Handler } from './handler.js';
import { checkMeta } from './join.js';

/** Replaces the own participant's data. */
export const handleUpdate: Handler<'update'> = async (message, session, services) => {
  checkMeta(message.meta, services.limits.maxMetaBytes);
  services.rooms.peerOf(session, message.room);
  services.rooms.charge(message.room, services.now());
  await services.membership.update(session, message.room, message.meta);
  session.send({ type: 'updated', re: message.id, room: message.room });
};
