import type { ErrorCode, Role, RoomEntry } from '@parley/protocol';
import { counted } from './policy-counts.js';
import type { Principal } from './principal.js';

/** Actions on a room. */
export type RoomAction =
  | 'guest.token'
  | 'room.list'
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
  | 'transfer.read'
  | 'transfer.answer'
  | 'member.list'
  | 'member.set'
  | 'member.kick'
  | 'member.ban'
  | 'member.unban'
  | 'member.mute'
  | 'invite.create'
  | 'invite.list'
  | 'invite.revoke'
  | 'invite.accept'
  | 'lobby.answer'
  | 'audit.read'
  | 'messages.read'
  | 'participants.read';

/** The attributes of a room that decisions depend on. */
export interface RoomAttributes {
  readonly id: string;
  /** Null: a token's grant created the room, and only grants and memberships give access. */
  readonly owner: string | null;
  readonly guestsAllowed: boolean;
  readonly access: RoomEntry;
  readonly locked: boolean;
}

/** The attributes that a decision depends on, beside the principal and the action. */
export interface AccessAttributes {
  /** Undefined: the room does not exist. */
  readonly room: RoomAttributes | undefined;
  /** The principal's persisted role in this room. */
  readonly membership: Role | undefined;
  readonly banned?: boolean;
  /** Admitted from the lobby or by an invite. */
  readonly admitted?: boolean;
  /** The user has a peer in the room, on or `away`. Only reads of a locked room depend on it. */
  readonly present?: boolean;
  /** Time of the last removal, ms since the Unix epoch. Tokens issued earlier are not valid in the room. */
  readonly removedAt?: number | undefined;
  /** The user that the action affects. */
  readonly target?: { readonly user: string; readonly role: Role } | undefined;
}

export type Decision =
  | {
      readonly allowed: true;
      readonly role: Role;
      /** The room is locked: only current participants may rejoin. */
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
  'guest.token': 'guest',
  'room.list': 'guest',
  'invite.accept': 'guest',
  'room.read': 'guest',
  'room.join': 'guest',
  'room.signal': 'guest',
  'room.publish': 'guest',
  'room.chat': 'guest',
  'room.broadcast': 'guest',
  'messages.read': 'guest',
  'participants.read': 'guest',
  'member.list': 'member',
  'transfer.read': 'member',
  'transfer.answer': 'member',
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

/** Every action on a room. */
export const ROOM_ACTIONS = Object.keys(LEAST_ROLE) as readonly RoomAction[];

/** Actions that precede joining: a lobby, an invite requirement or a lock does not prevent them. */
const BEFORE_JOINING: ReadonlySet<RoomAction> = new Set(['guest.token', 'room.list', 'invite.accept']);

/** Reads of what happens in a room: a lock closes them to users who are not in it. */
const INSIDE: ReadonlySet<RoomAction> = new Set(['participants.read', 'messages.read', 'member.list']);

/** Decides whether a principal may perform an action on a room: the only place, for REST and the gateway. */
export const decide = (principal: Principal, action: RoomAction, attributes: AccessAttributes): Decision => {
  const decision = judge(principal, action, attributes);
  counted(action, decision.allowed ? 'allowed' : decision.code);
  return decision;
};

const judge = (principal: Principal, action: RoomAction, attributes: AccessAttributes): Decision => {
  const { room, target } = attributes;
  if (room === undefined) return deny('room_not_found');
  const isGuest = principal.kind === 'guest';
  const own = ownRole(principal, room, attributes.membership);
  const role = own ?? (isOpenTo(principal, room) ? 'member' : undefined);
  // Rooms that need a grant, and all other rooms for a guest, look as if they did not exist.
  if (role === undefined) return deny(room.owner === null || isGuest ? 'room_not_found' : 'forbidden');
  if (isGuest && !room.guestsAllowed) {
    // A refused guest does not learn that the room exists; the holder of an invite knows it already.
    return deny(action === 'invite.accept' ? 'guests_not_allowed' : 'room_not_found');
  }
  if (attributes.banned === true && role !== 'owner') return deny('banned');
  if (attributes.removedAt !== undefined && principal.issuedAt < attributes.removedAt) return deny('removed');
  const needsAdmission = own === undefined || own === 'guest';
  if (needsAdmission && room.access !== 'open' && attributes.admitted !== true && !BEFORE_JOINING.has(action)) {
    if (room.locked) return deny('room_locked');
    return deny(room.access === 'invite' ? 'invite_required' : 'admission_required');
  }
  if (RANK[role] < RANK[LEAST_ROLE[action]]) return deny('forbidden');
  if (target !== undefined && (target.user === principal.user || RANK[target.role] >= RANK[role])) {
    return deny('forbidden');
  }
  const returningOnly = room.locked && RANK[role] < RANK.moderator;
  if (returningOnly && INSIDE.has(action) && attributes.present !== true) return deny('room_locked');
  return { allowed: true, role, returningOnly };
};

/**
 * Decides whether a participant may send a frame. Role and permissions are those of its roster entry, which are set on
 * joining and updated by each change.
 */
export const decideForParticipant = (
  action: 'room.signal' | 'room.publish' | 'room.chat' | 'room.broadcast' | 'messages.read',
  participant: { readonly role: Role; readonly publish?: boolean; readonly chat?: boolean },
): boolean =>
  RANK[participant.role] >= RANK[LEAST_ROLE[action]] &&
  (action !== 'room.publish' || participant.publish !== false) &&
  (action !== 'room.chat' || participant.chat !== false);

/** Decides whether a room's preview is public: only if it can be entered without a grant. */
export const decidePreview = (room: RoomAttributes | undefined): boolean => {
  const allowed = room !== undefined && (room.owner !== null || room.guestsAllowed);
  counted('room.preview', allowed ? 'allowed' : 'room_not_found');
  return allowed;
};

/** Actions on no particular room. */
export type ServerAction =
  | 'account.change'
  | 'account.read'
  | 'account.token'
  | 'audit.read_all'
  | 'ice.read'
  | 'room.create'
  | 'transfer.list'
  | 'user.read';

/** Every action that the policy decides. */
export type PolicyAction = RoomAction | ServerAction | 'room.preview';

type Kind = Principal['kind'];
const EVERYONE: readonly Kind[] = ['account', 'external', 'guest'];
const NOT_GUESTS: readonly Kind[] = ['account', 'external'];

/** The kinds of principal that each action on no particular room is for. A guest's token is limited to its room. */
const KINDS: Readonly<Record<ServerAction, readonly Kind[]>> = {
  'account.change': ['account'],
  'account.read': EVERYONE,
  'account.token': ['account'],
  'audit.read_all': NOT_GUESTS,
  'ice.read': NOT_GUESTS,
  'room.create': NOT_GUESTS,
  'transfer.list': NOT_GUESTS,
  'user.read': NOT_GUESTS,
};

const NO_ADMINISTRATORS: ReadonlySet<string> = new Set();

/**
 * Decides whether a principal may perform an action on no particular room.
 * @param administrators user ids, as the operator configured them; default: none
 */
export const decideForServer = (
  { user, kind }: Pick<Principal, 'user' | 'kind'>,
  action: ServerAction,
  administrators: ReadonlySet<string> = NO_ADMINISTRATORS,
): boolean => {
  const allowed = KINDS[action].includes(kind) && (action !== 'audit.read_all' || administrators.has(user));
  counted(action, allowed ? 'allowed' : 'forbidden');
  return allowed;
};

/**
 * Decides whether a principal may use a topic of the y-webrtc bridge.
 * @param principal undefined: an anonymous client, where the bridge allows these
 */
export const decideForTopic = (principal: Principal | undefined, topic: string): boolean => {
  if (principal === undefined) return true;
  // Grants limit a token to topics with these names; a guest has nothing else; other tokens are not limited.
  if (principal.kind !== 'guest' && Object.keys(principal.grants).length === 0) return true;
  return grantedRole(principal, topic) !== undefined;
};

/** Whether a role is at least as high as another. */
export const isAtLeast = (role: Role, least: Role): boolean => RANK[role] >= RANK[least];

/** The highest role that the token itself grants in a room, by its id or by a pattern `prefix*`. */
export const grantedRole = ({ grants }: Principal, room: string): Role | undefined =>
  highest(Object.entries(grants).map(([name, role]) => (names(name, room) ? role : undefined)));

/** Whether a grant of the token creates this room on joining. Guests create no rooms. */
export const mayCreateByGrant = (principal: Principal, room: string): boolean =>
  principal.kind !== 'guest' && grantedRole(principal, room) !== undefined;

/** Whether a room that this token's grant creates allows guests: only if a grant for it says so. */
export const grantAllowsGuests = ({ guestRooms = [] }: Principal, room: string): boolean =>
  guestRooms.some((name) => names(name, room));

/** Whether a room id or a pattern `prefix*` matches this room. */
const names = (name: string, room: string): boolean =>
  name === room || (name.endsWith('*') && room.startsWith(name.slice(0, -1)));

/** The highest of some roles; undefined when there is none. */
export const highest = (roles: readonly (Role | undefined)[]): Role | undefined =>
  roles.reduce(
    (best, role) => (role !== undefined && (best === undefined || RANK[role] > RANK[best]) ? role : best),
    undefined,
  );

/** The role from grant, membership or ownership, as opposed to the room being open. */
const ownRole = (principal: Principal, room: RoomAttributes, membership: Role | undefined): Role | undefined =>
  highest([
    grantedRole(principal, room.id),
    principal.kind === 'guest' ? undefined : membership,
    principal.kind !== 'guest' && room.owner === principal.user ? 'owner' : undefined,
  ]);

/** A token with grants is limited to these rooms; one without is valid for every room with an owner. */
const isOpenTo = ({ kind, grants }: Principal, room: RoomAttributes): boolean =>
  kind !== 'guest' && room.owner !== null && Object.keys(grants).length === 0;

const deny = (code: Extract<Decision, { allowed: false }>['code']): Decision => ({ allowed: false, code });
