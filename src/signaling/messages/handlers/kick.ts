import { actorOf } from '../../session/session.js';
import type { Handler } from './handler.js';

/** Handles `kick`: removes a peer's user from the room, and bans them if requested. */
export const handleKick: Handler<'kick'> = async ({ id, room, peer, ban, reason }, session, context) => {
  context.rooms.peerOf(session, room);
  const how = { ban: ban === true, ...(reason !== undefined && { reason }) };
  await context.moderation.kick(actorOf(session), room, peer, how);
  session.send({ type: 'done', re: id });
};
