import { chargeAfter } from '../../../rate-limit/message-costs.js';
import type { Handler } from './handler.js';

/** Handles `leave`: leaves a room permanently, or its lobby. Idempotent. */
export const handleLeave: Handler<'leave'> = async (message, session, context) => {
  const { room } = message;
  await context.lobby.leave(session, room);
  const peers = session.rooms.has(room) ? context.rooms.get(room)?.members.size : 0;
  chargeAfter(session.requests, context.now(), 'leave', { peers: peers ?? 0 });
  if (session.rooms.has(room)) await context.lifecycle.leave(session, room);
  else if (session.askedToJoin || session.info.attempt > 1) {
    // An earlier socket of the session may have joined, or a join that failed here was executed all the same.
    const peer = context.ids.peer(session.info.session, room);
    await context.lifecycle.leaveAway(session, room, peer);
  }
  session.send({ type: 'left', re: message.id, room });
};
