import type { Handler } from './handler.js';

const DEFAULT_LIMIT = 50;

/** A page of the room's chat, for those who are in it. */
export const handleHistory: Handler<'history'> = async (message, session, services) => {
  services.rooms.peerOf(session, message.room);
  const page = await services.chat.page(message.room, message.after, message.limit ?? DEFAULT_LIMIT);
  session.send({ type: 'history', re: message.id, room: message.room, ...page });
};
