import type { ErrorCode, Role } from '@parley/protocol';
import type { Principal } from './principal.js';

/** What may be done to a room. */
export type RoomAction =
  | 'room.read'
  | 'room.join'
  | 'room.update'
  | 'room.delete'
  | 'room.messages.read'
  | 'room.participants.read'
  | 'chat.send';

/** What the policy must know of a room. */
export interface RoomFacts {
  readonly id: string;
  /** Null: a token's grant made the room, and only grants and memberships let people in. */
  readonly owner: string | null;
  readonly guestsAllowed: boolean;
}

/** What the policy is asked about. */
export interface Facts {
  /** Undefined: there is no such room. */
  readonly room: RoomFacts | undefined;
  /** What the principal was made in this room. */
  readonly membership: Role | undefined;
}

export type Decision =
  | { readonly allowed: true; readonly role: Role }
  | {
      readonly allowed: false;
      readonly code: Extract<ErrorCode, 'forbidden' | 'guests_not_allowed' | 'room_not_found'>;
    };

const RANK: Readonly<Record<Role, number>> = { guest: 0, member: 1, moderator: 2, owner: 3 };

const LEAST_ROLE: Readonly<Record<RoomAction, Role>> = {
  'room.read': 'guest',
  'room.join': 'guest',
  'room.messages.read': 'guest',
  'room.participants.read': 'guest',
  'chat.send': 'guest',
  'room.update': 'moderator',
  'room.delete': 'owner',
};

/** May this principal do this to this room? REST and the gateway ask here and nowhere else. */
export const decide = (principal: Principal, action: RoomAction, { room, membership }: Facts): Decision => {
  if (room === undefined) return { allowed: false, code: 'room_not_found' };
  const role = highest([
    grantedRole(principal, room.id),
    principal.kind === 'guest' ? undefined : membership,
    principal.kind !== 'guest' && room.owner === principal.user ? 'owner' : undefined,
    isOpenTo(principal, room) ? 'member' : undefined,
  ]);
  // A room that is open to nobody without a grant is not shown to exist either.
  if (role === undefined) return { allowed: false, code: room.owner === null ? 'room_not_found' : 'forbidden' };
  if (principal.kind === 'guest' && !room.guestsAllowed) return { allowed: false, code: 'guests_not_allowed' };
  return RANK[role] >= RANK[LEAST_ROLE[action]] ? { allowed: true, role } : { allowed: false, code: 'forbidden' };
};

/** The highest role that the token itself grants in a room, by its id or by a pattern `prefix*`. */
export const grantedRole = ({ grants }: Principal, room: string): Role | undefined =>
  highest(
    Object.entries(grants).map(([name, role]) =>
      name === room || (name.endsWith('*') && room.startsWith(name.slice(0, -1))) ? role : undefined,
    ),
  );

/** A token that names rooms is for these rooms; one that names none is for every room that somebody owns. */
const isOpenTo = ({ kind, grants }: Principal, room: RoomFacts): boolean =>
  kind !== 'guest' && room.owner !== null && Object.keys(grants).length === 0;

const highest = (roles: readonly (Role | undefined)[]): Role | undefined =>
  roles.reduce(
    (best, role) => (role !== undefined && (best === undefined || RANK[role] > RANK[best]) ? role : best),
    undefined,
  );
