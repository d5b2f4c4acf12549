/**
 * Who may do what over REST: every route × who asks × what it is done to. A route without a row fails the test.
 *
 * A row holds the status for each of {@link PRINCIPALS}, in their order, done to something that exists; `missing` and
 * `malformed` are the statuses when the id names nothing, or is no id: the same, so that neither tells the other.
 */
export const PRINCIPALS = [
  'anonymous',
  // An account that owns the room, or is the user.
  'owner',
  // Another account. The room is open, so that a stranger is a member of it.
  'stranger',
  // Tokens of an issuer that shares the secret, with this role in the room.
  'moderator',
  'member',
  // Without an account, let into the room; and let into another one.
  'guest',
  'guest elsewhere',
  // A token that has ended, and one of another issuer and audience.
  'expired',
  'other tenant',
] as const;

export type Principal = (typeof PRINCIPALS)[number];

export interface Row {
  readonly existing: readonly number[];
  readonly missing?: readonly number[];
  readonly malformed?: readonly number[];
  readonly body?: object;
  /** The room's ETag is sent along. */
  readonly ifMatch?: boolean;
}

const PUBLIC = (status: number) => Array<number>(9).fill(status);
const NOBODY = [401, 404, 404, 404, 404, 404, 404, 401, 401];

const BY_MODERATORS = (status: number) => [401, status, 403, status, 403, 403, 403, 401, 401];
const BY_OWNER = (status: number) => [401, status, 403, 403, 403, 403, 403, 401, 401];

/** A route under a room: what is not there is not there for anybody. */
const moderation = (method: string, path: string, more: Partial<Row>, existing: readonly number[]) => ({
  [`${method} /v1/rooms/{id}/${path}`]: { existing, missing: NOBODY, malformed: NOBODY, ...more },
});

export const MATRIX: Readonly<Record<string, Row>> = {
  'POST /v1/auth/register': {
    existing: PUBLIC(201),
    body: { username: '$fresh', password: 'plum tractor sings 42', displayName: 'A' },
  },
  'POST /v1/auth/login': { existing: PUBLIC(401), body: { username: 'nobody-here', password: 'wrong' } },
  'POST /v1/auth/refresh': { existing: PUBLIC(401), body: { refreshToken: 'nobody-has-this' } },
  'POST /v1/auth/logout': { existing: PUBLIC(204), body: { refreshToken: 'nobody-has-this' } },
  'POST /v1/auth/guest': { existing: PUBLIC(201), body: { displayName: 'G', room: '$room' } },
  'POST /v1/auth/logout-all': { existing: [401, 204, 204, 403, 403, 403, 403, 401, 401] },
  'GET /v1/audit': { existing: [401, 403, 403, 403, 403, 403, 403, 401, 401] },
  'GET /v1/users/me': { existing: [401, 200, 200, 200, 200, 200, 200, 401, 401] },
  'PATCH /v1/users/me': { existing: [401, 200, 200, 403, 403, 403, 403, 401, 401], body: { displayName: 'B' } },
  // The password is wrong: what is asked here is whether it would be looked at.
  'DELETE /v1/users/me': { existing: [401, 401, 401, 403, 403, 403, 403, 401, 401], body: { password: 'wrong' } },
  'GET /v1/users/{id}': {
    existing: [401, 200, 200, 200, 200, 403, 403, 401, 401],
    missing: [401, 404, 404, 404, 404, 403, 403, 401, 401],
    malformed: [401, 404, 404, 404, 404, 403, 403, 401, 401],
  },
  'POST /v1/rooms': { existing: [401, 201, 201, 201, 201, 403, 403, 401, 401], body: { name: 'R' } },
  'GET /v1/rooms': { existing: [401, 200, 200, 200, 200, 200, 200, 401, 401] },
  'GET /v1/rooms/{id}': { existing: [401, 200, 200, 200, 200, 200, 403, 401, 401], missing: NOBODY, malformed: NOBODY },
  'PATCH /v1/rooms/{id}': {
    existing: [401, 200, 403, 200, 403, 403, 403, 401, 401],
    missing: NOBODY,
    malformed: NOBODY,
    body: { name: 'S' },
    ifMatch: true,
  },
  'DELETE /v1/rooms/{id}': {
    existing: [401, 204, 403, 403, 403, 403, 403, 401, 401],
    missing: NOBODY,
    malformed: NOBODY,
  },
  'GET /v1/rooms/{id}/preview': { existing: PUBLIC(200), missing: PUBLIC(404), malformed: PUBLIC(404) },
  'GET /v1/rooms/{id}/participants': {
    existing: [401, 200, 200, 200, 200, 200, 403, 401, 401],
    missing: NOBODY,
    malformed: NOBODY,
  },
  'GET /v1/rooms/{id}/messages': {
    existing: [401, 200, 200, 200, 200, 200, 403, 401, 401],
    missing: NOBODY,
    malformed: NOBODY,
  },
  ...moderation('POST', 'kick', { body: { user: '$victim' } }, BY_MODERATORS(204)),
  ...moderation('POST', 'mute', { body: { peer: 'nobody' } }, BY_MODERATORS(404)),
  ...moderation('POST', 'permit', { body: { user: '$victim', chat: false } }, BY_MODERATORS(204)),
  ...moderation('POST', 'lock', { body: { locked: true } }, BY_MODERATORS(204)),
  ...moderation('POST', 'transfer', { body: { user: '$victim' } }, BY_OWNER(204)),
  ...moderation('GET', 'audit', {}, BY_OWNER(200)),
  ...moderation('GET', 'bans', {}, BY_MODERATORS(200)),
  ...moderation('POST', 'bans', { body: { user: '$victim' } }, BY_MODERATORS(204)),
  ...moderation('DELETE', 'bans/{user}', {}, BY_MODERATORS(404)),
  ...moderation('GET', 'members', {}, [401, 200, 200, 200, 200, 403, 403, 401, 401]),
  ...moderation('PUT', 'members/{user}', { body: { role: 'member' } }, BY_OWNER(204)),
  ...moderation('DELETE', 'members/{user}', {}, BY_OWNER(404)),
  ...moderation('GET', 'invites', {}, BY_MODERATORS(200)),
  ...moderation('POST', 'invites', { body: {} }, BY_MODERATORS(201)),
  ...moderation('DELETE', 'invites/{invite}', {}, BY_MODERATORS(404)),
  ...moderation('GET', 'lobby', {}, BY_MODERATORS(200)),
  ...moderation('POST', 'lobby', { body: { knock: 'nobody', admit: true } }, BY_MODERATORS(404)),
  // Whom the token would let in is not known before it is looked at.
  'POST /v1/invites/accept': {
    existing: [401, 404, 404, 404, 404, 404, 404, 401, 401],
    body: { token: 'x'.repeat(43) },
  },
  'GET /v1/ice-servers': { existing: [401, 200, 200, 200, 200, 200, 200, 401, 401] },
  'GET /health/live': { existing: PUBLIC(200) },
  'GET /health/ready': { existing: PUBLIC(200) },
};
