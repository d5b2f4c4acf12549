import type { RoomId } from '@parley/protocol';
import { MESSAGE_COSTS } from '../../rate-limit/message-costs.js';
import type { HandlerContext } from './handler-context.js';

/**
 * Charges a room for what a message sends to its peers. To be called once the sender is known to be one of them, or
 * outsiders could use up the rate of any room.
 * @param ownBytes of the message, when it is passed on itself
 * @throws ProtocolError `rate_limited`
 */
export const chargeRoom = (
  context: Pick<HandlerContext, 'rooms' | 'now'>,
  { type, room }: { readonly type: keyof typeof MESSAGE_COSTS; readonly room: RoomId },
  ownBytes = 0,
): void => {
  const { toRoom } = MESSAGE_COSTS[type];
  if (toRoom !== undefined) context.rooms.charge(room, context.now(), toRoom === 'own' ? ownBytes : toRoom);
};
