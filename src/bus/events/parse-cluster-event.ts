import { ID_PATTERN, type PeerId, type RoomId, type UserId } from '@parley/protocol';
import type { ClusterEvent } from '../bus.js';

const MAX_PEERS = 64;

/** Reads a fact of another node. Undefined when it is not one: a newer version's, or rubbish. */
export const parseClusterEvent = (json: Buffer): ClusterEvent | undefined => {
  try {
    return readClusterEvent(JSON.parse(json.toString('utf8')));
  } catch {
    return undefined;
  }
};

const readClusterEvent = (value: unknown): ClusterEvent | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  switch (fields.fact) {
    case 'room_changed':
    case 'room_closed':
    case 'lobby_changed':
      return isId(fields.room) ? { fact: fields.fact, room: fields.room as RoomId } : undefined;
    case 'user_revoked':
      return isUser(fields.user) && isMoment(fields.before)
        ? { fact: 'user_revoked', user: fields.user, before: fields.before }
        : undefined;
    case 'mute_requested': {
      const { room, peer, by } = fields;
      return isId(room) && isId(peer) && isUser(by)
        ? { fact: 'mute_requested', room: room as RoomId, peer: peer as PeerId, by }
        : undefined;
    }
    default:
      return readMemberEvent(fields);
  }
};

const readMemberEvent = ({ fact: event, room, user, at, peers, admitted }: Readonly<Record<string, unknown>>) => {
  if (!isId(room) || !isUser(user)) return undefined;
  const about = { room: room as RoomId, user };
  if (event === 'member_changed') return { fact: event, ...about } as const;
  if (event === 'knock_answered' && typeof admitted === 'boolean') return { fact: event, ...about, admitted } as const;
  if (event !== 'user_removed' || !isMoment(at) || !Array.isArray(peers) || peers.length > MAX_PEERS) return undefined;
  return peers.every(isId) ? ({ fact: event, ...about, at, peers: peers as PeerId[] } as const) : undefined;
};

const isId = (value: unknown): value is string => typeof value === 'string' && ID_PATTERN.test(value);
const isUser = (value: unknown): value is UserId =>
  typeof value === 'string' && value.length > 0 && value.length <= 128;
const isMoment = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
