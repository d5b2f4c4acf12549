import type { RoomAction } from '../auth/policy.js';
import type { CreateRoomRequest, UpdateRoomRequest } from './dto/room.requests.js';
import type { RoomChange } from './rooms.store.js';

/** What a moderator may change; the rest is the owner's. */
const MODERATED: ReadonlySet<string> = new Set(['name', 'metadata']);

/** What a request asks to be set: what is undefined stays as it is. */
export const changeOf = (request: CreateRoomRequest | UpdateRoomRequest): RoomChange => {
  const { name, guestsAllowed, listed, capacity, metadata, access, locked, endWhenEmptySeconds } = request;
  return withoutUndefined({
    ...{ name, guestsAllowed, listed, capacity, metadata, access, locked, endWhenEmptySeconds },
    endsAt: typeof request.endsAt === 'string' ? new Date(request.endsAt) : request.endsAt,
  });
};

/** What the policy is asked for a change. */
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
