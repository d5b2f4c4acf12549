import type { RoomAction } from '../auth/policy.js';
import type { CreateRoomRequest, UpdateRoomRequest } from './dto/room.requests.js';
import type { RoomChange } from './rooms.store.js';

/** Fields that moderators may change; the others are for owners. */
const MODERATED: ReadonlySet<string> = new Set(['name', 'metadata']);

/** The changes that a request asks for; absent fields stay as they are. */
export const changeOf = (request: CreateRoomRequest | UpdateRoomRequest): RoomChange => {
  const { name, guestsAllowed, listed, capacity, metadata, access, locked, endWhenEmptySeconds } = request;
  return withoutUndefined({
    ...{ name, guestsAllowed, listed, capacity, metadata, access, locked, endWhenEmptySeconds },
    endsAt: typeof request.endsAt === 'string' ? new Date(request.endsAt) : request.endsAt,
  });
};

/** The actions that a change must be permitted for. */
export const actionsOf = (request: UpdateRoomRequest): readonly [RoomAction, ...RoomAction[]] => {
  const fields = Object.keys(withoutUndefined({ ...request }));
  const actions: RoomAction[] = [];
  if (fields.includes('locked')) actions.push('room.lock');
  if (fields.some((field) => field !== 'locked' && !MODERATED.has(field))) actions.push('room.settings');
  return ['room.update', ...actions];
};

const withoutUndefined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
