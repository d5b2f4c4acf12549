import type { Handler } from './handler.js';

/** Leaves a room for good, or its lobby. Leaving a room that one is not in is done already. */
export const handleLeave: Handler<'leave'> = async (message, session, services) => {
  const { room } = message;
  await services.lobby.leave(session, room);
  if (session.rooms.has(room)) await services.membership.leave(session, room);
  else {
    const peer = services.identity.peer(session.attachment.session, room);
    await services.membership.leaveAway(session, room, peer);
  }
  session.send({ type: 'left', re: message.id, room });
};
