import type { Limits, RoomId, RoomState } from '@parley/protocol';
import type { Room } from './rooms.store.js';

/** The `room` message of a stored room: what its peers know of it. */
export const roomStateOf = (
  {
    id,
    name,
    access,
    locked,
    capacity,
    metadata,
  }: Pick<Room, 'id' | 'name' | 'access' | 'locked' | 'capacity' | 'metadata'>,
  { maxParticipantsPerRoom: max }: Pick<Limits, 'maxParticipantsPerRoom'>,
): RoomState => ({
  ...{ type: 'room', room: id as RoomId, name, access, locked },
  ...{ capacity: Math.min(capacity ?? max, max), metadata },
});
