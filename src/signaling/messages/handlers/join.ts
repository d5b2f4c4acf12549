import { type Join, type Meta, type PeerId, ProtocolError, type RoomId, type RoomState } from '@parley/protocol';
import type { Admission, Entry } from '../../../rooms/room-access.js';
import { deniedPermissions } from '../../rooms/room-roster.js';
import { renewIceServersBeforeJoin } from '../../session/ice-refresh.js';
import type { Session } from '../../session/session.js';
import type { HandlerContext } from '../handler-context.js';
import type { Handler } from './handler.js';

/** Handles `join`: joins a room, resumes a peer in it, or waits in its lobby. */
export const handleJoin: Handler<'join'> = async (message, session, context) => {
  const { id, room, meta } = message;
  checkMeta(meta, context.limits.maxMetaBytes);
  if (!session.rooms.has(room) && session.rooms.size >= context.limits.maxRoomsPerSession) {
    throw new ProtocolError('too_many_rooms', `A session may be in ${context.limits.maxRoomsPerSession} rooms.`);
  }
  session.askedToJoin = true;
  const peer = context.ids.peer(session.info.session, room);
  const join = context.lifecycle.join({ session, room, peer, re: id, meta });
  let state: RoomState | undefined;
  await context.admissions.enter<Admission>(room, session.principal.user, peer, {
    admit: () => admitOrWait(message, session, context, peer, join.isAttached),
    attach: (admission) => {
      state = admission.state;
      renewIceServersBeforeJoin(session, context);
      return join.attach(admission);
    },
    undo: (error, reason) => join.undo(error, reason),
    accept: () => join.accept(),
  });
  if (!session.rooms.has(room)) return;
  if (state !== undefined) session.send(state);
  if (state?.access === 'lobby') await context.lobby.show(room, session);
};

/**
 * Admits a client, or puts it into the lobby.
 * @returns undefined when it waits in the lobby and was sent `waiting`, or when its socket has closed
 */
const admitOrWait = async (
  { id, room, invite }: Join,
  session: Session,
  context: HandlerContext,
  peer: PeerId,
  isAttached: boolean,
): Promise<Admission | undefined> => {
  const entry = { peer, invite };
  try {
    const admission = await admitOrReturn(session, room, context, entry);
    return session.state === 'closed' ? undefined : admission;
  } catch (error) {
    if (isAttached || !(error instanceof ProtocolError) || error.code !== 'admission_required') throw error;
    if (context.lobby.countOf(session) >= context.limits.maxRoomsPerSession) throw new ProtocolError('too_many_rooms');
    if (session.state === 'closed') return undefined;
    const result = await context.lobby.enter(session, room, id);
    return result === 'admitted' ? context.access.admit(session.principal, room, entry) : undefined;
  }
};

/**
 * Admits a client. While the database is unavailable, a user may return to a stored peer with its role and permissions:
 * capacity 0 lets that peer resume, or a new one of the user replace it.
 */
const admitOrReturn = async (
  session: Session,
  room: RoomId,
  context: HandlerContext,
  entry: Entry & { readonly peer: PeerId },
): Promise<Admission> => {
  try {
    return await context.access.admit(session.principal, room, entry);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== 'unavailable') throw error;
    const stored = await context.lifecycle.storedPeer(room, entry.peer, session.principal.user);
    if (stored === undefined) throw error;
    return { role: stored.role, capacity: 0, ...deniedPermissions(stored) };
  }
};

/** Checks the size of a participant's data as JSON. @throws ProtocolError `payload_too_large` */
export const checkMeta = (meta: Meta | undefined, maxMetaBytes: number): void => {
  if (meta !== undefined && Buffer.byteLength(JSON.stringify(meta)) > maxMetaBytes) {
    throw new ProtocolError('payload_too_large', `meta is longer than ${maxMetaBytes} bytes.`);
  }
};
