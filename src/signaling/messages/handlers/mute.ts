import { actorOf } from '../../session/session.js';
import type { Handler } from './handler.js';

/** Handles `mute`: asks a peer to mute itself. */
export const handleMute: Handler<'mute'> = async ({ id, room, peer }, session, context) => {
  context.rooms.peerOf(session, room);
  await context.moderation.mute(actorOf(session), room, peer);
  session.send({ type: 'done', re: id });
};
