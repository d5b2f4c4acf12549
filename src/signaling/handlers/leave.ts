import type { Handler } from './handler.js';

/** Leaves a room for good. Leaving a room that one is not in is done already. */
export const handleLeave: Handler<'leave'> = async (message, session, services) => {
  await services.membership.leave(session, message.room);
  session.send({ type: 'left', re: message.id, room: message.room });
};
