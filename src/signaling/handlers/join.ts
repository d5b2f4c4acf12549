import { type Meta, ProtocolError } from '@parley/protocol';
import type { Handler } from './handler.js';

/** Enters a room, or comes back to it. */
export const handleJoin: Handler<'join'> = async (message, session, services) => {
  const { room } = message;
  checkMeta(message.meta, services.limits.maxMetaBytes);
  if (!session.rooms.has(room) && session.rooms.size >= services.limits.maxRoomsPerSession) {
    throw new ProtocolError('too_many_rooms', `A session may be in ${services.limits.maxRoomsPerSession} rooms.`);
  }
  const admission = await services.access.admit(session.principal, room);
  if (session.state === 'closed') return;
  const peer = services.identity.peer(session.attachment.session, room);
  await services.membership.join(session, room, peer, admission, message.id, message.meta);
};

/** @throws ProtocolError `payload_too_large` */
export const checkMeta = (meta: Meta | undefined, maxMetaBytes: number): void => {
  if (meta !== undefined && Buffer.byteLength(JSON.stringify(meta)) > maxMetaBytes) {
    throw new ProtocolError('payload_too_large', `meta has more than ${maxMetaBytes} bytes.`);
  }
};
