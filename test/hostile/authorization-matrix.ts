import type { PolicyAction } from '../../src/auth/policy.js';

/**
 * The permissions of REST: every route × principal × object. A route without a row fails the test.
 *
 * A row lists the status for each of {@link PRINCIPALS}, in their order, for an object that exists; `missing` and
 * `malformed` are the statuses for an unknown and an invalid id, which are equal so that they reveal nothing. For
 * a room that a token's grant created, the row applies to principals with a grant for it; for everyone else
 * the room does not exist ({@link ofGranted}).
 */
export const PRINCIPALS = [
  'anonymous',
  // An account that owns the room, or is the user.
  'owner',
  // Another account. The room is open, so that it may join as a member.
  'stranger',
  // Tokens of an issuer that shares the secret, with this role in the room.
  'moderator',
  'member',
  // Guests of the room, and of another one.
  'guest',
  'guest elsewhere',
  // An expired token, and one of another issuer and audience.
  'expired',
  'other tenant',
] as const;

export type Principal = (typeof PRINCIPALS)[number];

export interface Row {
  /** What the policy is asked, each time that the route is used with a token that counts; or why it is not asked. */
  readonly asks: PolicyAction | { readonly nothing: string };
  readonly existing: readonly number[];
  /** For a room that a grant created. Default, where the path names a room: {@link ofGranted}. */
  readonly granted?: readonly number[];
  /** For a locked room without participants, and for one that requires an invite. Reads have both. */
  readonly locked?: readonly number[];
  readonly inviteOnly?: readonly number[];
  readonly missing?: readonly number[];
  readonly malformed?: readonly number[];
  readonly body?: object;
  /** True: the request has the room's ETag in `If-Match`. */
  readonly ifMatch?: boolean;
}

const PUBLIC = (status: number) => Array<number>(9).fill(status);
const ANONYMOUS = [401, 404, 404, 404, 404, 404, 404, 401, 401];
const GRANTEES: ReadonlySet<Principal> = new Set(['anonymous', 'moderator', 'member', 'expired', 'other tenant']);

/** The statuses for a room that a grant created: it exists only for tokens with a grant for it. */
export const ofGranted = ({ existing }: Row): number[] =>
  existing.map((status, n) => (GRANTEES.has(PRINCIPALS[n] as Principal) ? status : 404));

const BY_MODERATORS = (status: number) => [401, status, 403, status, 403, 403, 404, 401, 401];
const BY_MEMBERS = (status: number) => [401, status, status, status, status, 403, 404, 401, 401];
const BY_OWNER = (status: number) => [401, status, 403, 403, 403, 403, 404, 401, 401];

const SAME_FOR_MODERATORS = { locked: BY_MODERATORS(200), inviteOnly: BY_MODERATORS(200) };

/** Reads of a room's activity are for users who could join it; the stranger and the guest need an invite. */
const READ_INSIDE = { locked: [401, 200, 403, 200, 403, 403, 404, 401, 401] };
const READ_BY_INVITE = { inviteOnly: [401, 200, 403, 200, 200, 403, 404, 401, 401] };

/** A route under a room: an unknown object is 404 for everyone. */
const moderation = (
  method: string,
  path: string,
  asks: PolicyAction,
  more: Partial<Row>,
  existing: readonly number[],
) => ({
  [`${method} /v1/rooms/{id}/${path}`]: { asks, existing, missing: ANONYMOUS, malformed: ANONYMOUS, ...more },
});

export const MATRIX: Readonly<Record<string, Row>> = {
  'POST /v1/auth/register': {
    asks: 'account.token',
    existing: PUBLIC(201),
    body: { username: '$fresh', password: 'plum tractor sings 42', displayName: 'A' },
  },
  'POST /v1/auth/login': {
    asks: 'account.token',
    existing: PUBLIC(200),
    body: { username: '$username', password: '$password' },
  },
  'POST /v1/auth/refresh': { asks: 'account.token', existing: PUBLIC(200), body: { refreshToken: '$refresh' } },
  'POST /v1/auth/logout': {
    asks: { nothing: 'it ends tokens and shows nothing, whoever holds one' },
    existing: PUBLIC(204),
    body: { refreshToken: 'nobody-has-this' },
  },
  'POST /v1/auth/guest': {
    asks: 'guest.token',
    existing: PUBLIC(201),
    granted: PUBLIC(404),
    body: { displayName: 'G', room: '$room' },
  },
  'POST /v1/auth/logout-all': {
    asks: 'account.change',
    existing: [401, 204, 204, 403, 403, 403, 403, 401, 401],
  },
  'GET /v1/audit': { asks: 'audit.read_all', existing: [401, 403, 403, 403, 403, 403, 403, 401, 401] },
  'GET /v1/users/me': {
    asks: 'account.read',
    existing: [401, 200, 200, 200, 200, 200, 200, 401, 401],
  },
  'PATCH /v1/users/me': {
    asks: 'account.change',
    existing: [401, 200, 200, 403, 403, 403, 403, 401, 401],
    body: { displayName: 'B' },
  },
  // The password is wrong: the matrix only checks who gets as far as its verification.
  'DELETE /v1/users/me': {
    asks: 'account.change',
    existing: [401, 401, 401, 403, 403, 403, 403, 401, 401],
    body: { password: 'wrong' },
  },
  'GET /v1/users/{id}': {
    asks: 'user.read',
    existing: [401, 200, 200, 200, 200, 403, 403, 401, 401],
    missing: [401, 404, 404, 404, 404, 403, 403, 401, 401],
    malformed: [401, 404, 404, 404, 404, 403, 403, 401, 401],
  },
  'POST /v1/rooms': {
    asks: 'room.create',
    existing: [401, 201, 201, 201, 201, 403, 403, 401, 401],
    body: { name: 'R' },
  },
  'GET /v1/rooms': { asks: 'room.list', existing: [401, 200, 200, 200, 200, 200, 200, 401, 401] },
  'GET /v1/rooms/{id}': {
    asks: 'room.read',
    existing: [401, 200, 200, 200, 200, 200, 404, 401, 401],
    // The settings of the room show that it is locked.
    locked: [401, 200, 200, 200, 200, 200, 404, 401, 401],
    ...READ_BY_INVITE,
    missing: ANONYMOUS,
    malformed: ANONYMOUS,
  },
  'PATCH /v1/rooms/{id}': {
    asks: 'room.update',
    existing: [401, 200, 403, 200, 403, 403, 404, 401, 401],
    missing: ANONYMOUS,
    malformed: ANONYMOUS,
    body: { name: 'S' },
    ifMatch: true,
  },
  'DELETE /v1/rooms/{id}': {
    asks: 'room.delete',
    existing: [401, 204, 403, 403, 403, 403, 404, 401, 401],
    missing: ANONYMOUS,
    malformed: ANONYMOUS,
  },
  'GET /v1/rooms/{id}/preview': {
    asks: 'room.preview',
    existing: PUBLIC(200),
    granted: PUBLIC(404),
    // The preview reveals its name and access.
    locked: PUBLIC(200),
    inviteOnly: PUBLIC(200),
    missing: PUBLIC(404),
    malformed: PUBLIC(404),
  },
  'GET /v1/rooms/{id}/participants': {
    asks: 'participants.read',
    existing: [401, 200, 200, 200, 200, 200, 404, 401, 401],
    ...{ ...READ_INSIDE, ...READ_BY_INVITE },
    missing: ANONYMOUS,
    malformed: ANONYMOUS,
  },
  'GET /v1/rooms/{id}/messages': {
    asks: 'messages.read',
    existing: [401, 200, 200, 200, 200, 200, 404, 401, 401],
    ...{ ...READ_INSIDE, ...READ_BY_INVITE },
    missing: ANONYMOUS,
    malformed: ANONYMOUS,
  },
  ...moderation('POST', 'kick', 'member.kick', { body: { user: '$victim' } }, BY_MODERATORS(204)),
  ...moderation('POST', 'mute', 'member.mute', { body: { peer: 'nobody' } }, BY_MODERATORS(404)),
  ...moderation('POST', 'permit', 'member.mute', { body: { user: '$victim', chat: false } }, BY_MODERATORS(204)),
  ...moderation('POST', 'lock', 'room.lock', { body: { locked: true } }, BY_MODERATORS(204)),
  // The target is no member.
  ...moderation('POST', 'transfer', 'room.transfer', { body: { user: '$victim' } }, BY_OWNER(404)),
  ...moderation('DELETE', 'transfer', 'room.transfer', {}, BY_OWNER(404)),
  // There is no offer.
  ...moderation(
    'GET',
    'transfer',
    'transfer.read',
    { locked: BY_MEMBERS(404), inviteOnly: [401, 404, 403, 404, 404, 403, 404, 401, 401] },
    BY_MEMBERS(404),
  ),
  ...moderation('POST', 'transfer/accept', 'transfer.answer', {}, BY_MEMBERS(404)),
  ...moderation('POST', 'transfer/decline', 'transfer.answer', {}, BY_MEMBERS(404)),
  'GET /v1/transfers': { asks: 'transfer.list', existing: [401, 200, 200, 200, 200, 403, 403, 401, 401] },
  ...moderation('GET', 'audit', 'audit.read', { locked: BY_OWNER(200), inviteOnly: BY_OWNER(200) }, BY_OWNER(200)),
  ...moderation('GET', 'bans', 'member.unban', { ...SAME_FOR_MODERATORS }, BY_MODERATORS(200)),
  ...moderation('POST', 'bans', 'member.ban', { body: { user: '$victim' } }, BY_MODERATORS(204)),
  ...moderation('DELETE', 'bans/{user}', 'member.unban', {}, BY_MODERATORS(404)),
  ...moderation(
    'GET',
    'members',
    'member.list',
    { ...READ_INSIDE, ...READ_BY_INVITE },
    [401, 200, 200, 200, 200, 403, 404, 401, 401],
  ),
  ...moderation('PUT', 'members/{user}', 'member.set', { body: { role: 'member' } }, BY_OWNER(204)),
  ...moderation('DELETE', 'members/{user}', 'member.set', {}, BY_OWNER(404)),
  ...moderation('GET', 'invites', 'invite.list', { ...SAME_FOR_MODERATORS }, BY_MODERATORS(200)),
  ...moderation('POST', 'invites', 'invite.create', { body: {} }, BY_MODERATORS(201)),
  ...moderation('DELETE', 'invites/{invite}', 'invite.revoke', {}, BY_MODERATORS(404)),
  ...moderation('GET', 'lobby', 'lobby.answer', { ...SAME_FOR_MODERATORS }, BY_MODERATORS(200)),
  ...moderation('POST', 'lobby', 'lobby.answer', { body: { knock: 'nobody', admit: true } }, BY_MODERATORS(404)),
  'POST /v1/invites/accept': {
    asks: 'invite.accept',
    existing: [401, 200, 200, 200, 200, 200, 404, 401, 401],
    body: { token: '$invite' },
  },
  'GET /v1/ice-servers': { asks: 'ice.read', existing: [401, 200, 200, 200, 200, 200, 200, 401, 401] },
  'GET /health/live': { asks: { nothing: 'it is about the process alone' }, existing: PUBLIC(200) },
  'GET /health/ready': { asks: { nothing: 'it is about the process alone' }, existing: PUBLIC(200) },
};
