import { ProtocolError } from '@parley/protocol';
import { isPrintable, tidyText } from '../../../schema/printable.js';
import { actorOf } from '../../session/session.js';
import { chargeRoom } from '../charge-room.js';
import type { Handler } from './handler.js';

/** Maximum length of a reason, in characters. */
const MAX_REASON = 200;

/** Handles `kick`: removes a peer's user from the room, and bans them if requested. */
export const handleKick: Handler<'kick'> = async (message, session, context) => {
  const { id, room, peer, ban } = message;
  const reason = message.reason === undefined ? undefined : tidyText(message.reason);
  // As REST does: the reason is stored and shown.
  if (reason !== undefined && !isPrintable(reason, MAX_REASON)) {
    throw new ProtocolError('bad_message', 'kick..reason is not valid.');
  }
  context.rooms.peerOf(session, room);
  chargeRoom(context, message);
  const how = { ban: ban === true, ...(reason !== undefined && { reason }) };
  await context.moderation.kick(actorOf(session), room, peer, how);
  session.send({ type: 'done', re: id });
};
