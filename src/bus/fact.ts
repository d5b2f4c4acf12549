import { ID_PATTERN, type RoomId, type UserId } from '@parley/protocol';
import type { Fact } from './bus.js';

/** Reads a fact of another node. Undefined when it is not one: a newer version's, or rubbish. */
export const parseFact = (json: Buffer): Fact | undefined => {
  try {
    return readFact(JSON.parse(json.toString('utf8')));
  } catch {
    return undefined;
  }
};

const readFact = (value: unknown): Fact | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { fact, room, user, before } = value as Record<string, unknown>;
  if (fact === 'room_changed' || fact === 'room_closed') {
    return typeof room === 'string' && ID_PATTERN.test(room) ? { fact, room: room as RoomId } : undefined;
  }
  if (fact !== 'user_revoked' || typeof user !== 'string' || user.length === 0 || user.length > 128) return undefined;
  return typeof before === 'number' && Number.isFinite(before) ? { fact, user: user as UserId, before } : undefined;
};
