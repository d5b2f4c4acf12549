import { type Meta, type PeerId, ProtocolError, type RoomId } from '@parley/protocol';
import type { Admission } from '../../rooms/room-access.js';
import type { Session } from '../session.js';
import type { Services } from '../signaling-services.js';
import type { Handler } from './handler.js';

/** Enters a room, or comes back to it. */
export const handleJoin: Handler<'join'> = async (message, session, services) => {
  const { room } = message;
  checkMeta(message.meta, services.limits.maxMetaBytes);
  if (!session.rooms.has(room) && session.rooms.size >= services.limits.maxRoomsPerSession) {
    throw new ProtocolError('too_many_rooms', `A session may be in ${services.limits.maxRoomsPerSession} rooms.`);
  }
  const peer = services.identity.peer(session.attachment.session, room);
  const admission = await admit(session, room, peer, services);
  if (session.state === 'closed') return;
  await services.membership.join(session, room, peer, admission, message.id, message.meta);
};

/** While the database is away, whoever is in the room already may come back to it as what it was. */
const admit = async (session: Session, room: RoomId, peer: PeerId, services: Services): Promise<Admission> => {
  try {
    return await services.access.admit(session.principal, room);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== 'unavailable') throw error;
    const role = await services.membership.storedRole(room, peer);
    if (role === undefined) throw error;
    return { role, capacity: services.limits.maxParticipantsPerRoom };
  }
};

/** @throws ProtocolError `payload_too_large` */
export const checkMeta = (meta: Meta | undefined, maxMetaBytes: number): void => {
  if (meta !== undefined && Buffer.byteLength(JSON.stringify(meta)) > maxMetaBytes) {
    throw new ProtocolError('payload_too_large', `meta has more than ${maxMetaBytes} bytes.`);
  }
};
