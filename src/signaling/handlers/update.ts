import type { Handler } from './handler.js';
import { checkMeta } from './join.js';

/** Replaces the own participant's data. */
export const handleUpdate: Handler<'update'> = async (message, session, services) => {
  checkMeta(message.meta, services.limits.maxMetaBytes);
  await services.membership.update(session, message.room, message.meta);
  session.send({ type: 'updated', re: message.id, room: message.room });
};
