import type { ErrorCode, Role, RoomEntry } from '@parley/protocol';
import type { Principal } from './principal.js';

/** What may be done to a room. */
export type RoomAction =
  | 'room.read'
  | 'room.join'
  | 'room.signal'
  | 'room.publish'
  | 'room.chat'
  | 'room.broadcast'
  | 'room.update'
  | 'room.lock'
  | 'room.settings'
  | 'room.delete'
  | 'room.transfer'
  | 'member.list'
  | 'member.set'
  | 'member.kick'
  | 'member.ban'
  | 'member.unban'
  | 'member.mute'
  | 'invite.create'
  | 'invite.list'
  | 'invite.revoke'
  | 'lobby.answer'
  | 'audit.read'
  | 'messages.read'
  | 'participants.read';

/** What the policy must know of a room. */
export interface RoomFacts {
  readonly id: string;
  /** Null: a token's grant made the room, and only grants and memberships let people in. */
  readonly owner: string | null;
  readonly guestsAllowed: boolean;
  readonly access: RoomEntry;
  readonly locked: boolean;
}

/** What the policy is asked about. */
export interface Facts {
  /** Undefined: there is no such room. */
  readonly room: RoomFacts | undefined;
  /** What the principal was made in this room. */
  readonly membership: Role | undefined;
  readonly banned?: boolean;
  /** Somebody let them in: from the lobby, or by an invite. */
  readonly admitted?: boolean;
  /** When they were put out last, ms since the Unix epoch. Tokens from before do not count in the room. */
  readonly removedAt?: number | undefined;
  /** Whom it is done to. */
  readonly target?: { readonly user: string; readonly role: Role } | undefined;
}

export type Decision =
  | {
      readonly allowed: true;
      readonly role: Role;
      /** The room is locked: who is in it may come back, and nobody else. */
      readonly returningOnly: boolean;
    }
  | {
      readonly allowed: false;
      readonly code: Extract<
        ErrorCode,
        | 'forbidden'
        | 'guests_not_allowed'
        | 'room_not_found'
        | 'banned'
        | 'removed'
        | 'room_locked'
        | 'invite_required'
        | 'admission_required'
      >;
    };

const RANK: Readonly<Record<Role, number>> = { guest: 0, member: 1, moderator: 2, owner: 3 };

const LEAST_ROLE: Readonly<Record<RoomAction, Role>> = {
  'room.read': 'guest',
  'room.join': 'guest',
  'room.signal': 'guest',
  'room.publish': 'guest',
  'room.chat': 'guest',
  'room.broadcast': 'guest',
  'messages.read': 'guest',
  'participants.read': 'guest',
  'member.list': 'member',
  'room.update': 'moderator',
  'room.lock': 'moderator',
  'member.kick': 'moderator',
  'member.ban': 'moderator',
  'member.unban': 'moderator',
  'member.mute': 'moderator',
  'invite.create': 'moderator',
  'invite.list': 'moderator',
  'invite.revoke': 'moderator',
  'lobby.answer': 'moderator',
  'room.settings': 'owner',
  'room.delete': 'owner',
  'room.transfer': 'owner',
  'member.set': 'owner',
  'audit.read': 'owner',
};

/** Every action, for whoever walks the table. */
export const ROOM_ACTIONS = Object.keys(LEAST_ROLE) as readonly RoomAction[];

/** May this principal do this to this room? REST and the gateway ask here and nowhere else. */
export const decide = (principal: Principal, action: RoomAction, facts: Facts): Decision => {
  const { room, target } = facts;
  if (room === undefined) return deny('room_not_found');
  const own = ownRole(principal, room, facts.membership);
  const role = own ?? (isOpenTo(principal, room) ? 'member' : undefined);
  // A room that is open to nobody without a grant is not shown to exist either.
  if (role === undefined) return deny(room.owner === null ? 'room_not_found' : 'forbidden');
  if (principal.kind === 'guest' && !room.guestsAllowed) return deny('guests_not_allowed');
  if (facts.banned === true && role !== 'owner') return deny('banned');
  if (facts.removedAt !== undefined && principal.issuedAt < facts.removedAt) return deny('removed');
  const isVisitor = own === undefined || own === 'guest';
  if (isVisitor && room.access !== 'open' && facts.admitted !== true) {
    if (room.locked) return deny('room_locked');
    return deny(room.access === 'invite' ? 'invite_required' : 'admission_required');
  }
  if (RANK[role] < RANK[LEAST_ROLE[action]]) return deny('forbidden');
  if (target !== undefined && (target.user === principal.user || RANK[target.role] >= RANK[role])) {
    return deny('forbidden');
  }
  return { allowed: true, role, returningOnly: room.locked && RANK[role] < RANK.moderator };
};

/**
 * The same question for somebody who is in the room, asked for each frame: what was decided when they came in, and
 * each time that it changed, is on their seat.
 */
export const decideSeated = (
  action: 'room.signal' | 'room.publish' | 'room.chat' | 'room.broadcast',
  seated: { readonly role: Role; readonly publish?: boolean; readonly chat?: boolean },
): boolean =>
  RANK[seated.role] >= RANK[LEAST_ROLE[action]] &&
  (action !== 'room.publish' || seated.publish !== false) &&
  (action !== 'room.chat' || seated.chat !== false);

/** What is done to the whole server, by its administrators alone. */
export type ServerAction = 'audit.read_all';

/** May this principal do this to the server? Whoever runs it says who may; a guest never does. */
export const decideForServer = (
  { user, kind }: Principal,
  _action: ServerAction,
  administrators: ReadonlySet<string>,
): boolean => kind !== 'guest' && administrators.has(user);

/** Whether one role may what another may. */
export const isAtLeast = (role: Role, least: Role): boolean => RANK[role] >= RANK[least];

/** The highest role that the token itself grants in a room, by its id or by a pattern `prefix*`. */
export const grantedRole = ({ grants }: Principal, room: string): Role | undefined =>
  highest(
    Object.entries(grants).map(([name, role]) =>
      name === room || (name.endsWith('*') && room.startsWith(name.slice(0, -1))) ? role : undefined,
    ),
  );

/** The highest of some roles. */
export const highest = (roles: readonly (Role | undefined)[]): Role | undefined =>
  roles.reduce(
    (best, role) => (role !== undefined && (best === undefined || RANK[role] > RANK[best]) ? role : best),
    undefined,
  );

/** What somebody is by more than that the room is open. */
const ownRole = (principal: Principal, room: RoomFacts, membership: Role | undefined): Role | undefined =>
  highest([
    grantedRole(principal, room.id),
    principal.kind === 'guest' ? undefined : membership,
    principal.kind !== 'guest' && room.owner === principal.user ? 'owner' : undefined,
  ]);

/** A token that names rooms is for these rooms; one that names none is for every room that somebody owns. */
const isOpenTo = ({ kind, grants }: Principal, room: RoomFacts): boolean =>
  kind !== 'guest' && room.owner !== null && Object.keys(grants).length === 0;

const deny = (code: Extract<Decision, { allowed: false }>['code']): Decision => ({ allowed: false, code });
