import { send } from './http.js';
import { type Page, roomPath } from './rest.js';

/** A role that can be assigned. */
export type AssignableRole = 'moderator' | 'member';

/** A valid invite, without its token. */
export interface Invite {
  readonly id: string;
  readonly role: AssignableRole;
  /** Null: unlimited. */
  readonly usesLeft: number | null;
  /** ISO 8601; null: valid until it is revoked. */
  readonly expiresAt: string | null;
}

/** The terms of a new invite. */
export interface InviteTerms {
  readonly role: AssignableRole;
  readonly uses: number | null;
  readonly expiresInSeconds: number | null;
}

/** A banned user. */
export interface Ban {
  readonly user: string;
  readonly reason: string | null;
  readonly createdAt: string;
}

/** One entry of a room's audit log. */
export interface ActivityLine {
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
  /** A user id; null: the server itself. */
  readonly actor: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Reads the audit log, newest first. For owners. */
export const readActivity = (token: string, room: string, cursor?: string) =>
  send<Page<ActivityLine>>({ path: roomPath(room, '/audit'), query: { cursor, limit: 50 }, token });

/** Creates an invite. @returns the invite with its token, which the server does not store */
export const createInvite = (token: string, room: string, body: InviteTerms) =>
  send<Invite & { readonly token: string }>({ method: 'POST', path: roomPath(room, '/invites'), body, token });

export const listInvites = async (token: string, room: string): Promise<readonly Invite[]> =>
  (await send<{ invites: readonly Invite[] }>({ path: roomPath(room, '/invites'), token })).invites;

export const revokeInvite = (token: string, room: string, invite: string) =>
  send<void>({ method: 'DELETE', path: roomPath(room, `/invites/${encodeURIComponent(invite)}`), token });

export const listBans = async (token: string, room: string): Promise<readonly Ban[]> =>
  (await send<{ bans: readonly Ban[] }>({ path: roomPath(room, '/bans'), token })).bans;

export const liftBan = (token: string, room: string, user: string) =>
  send<void>({ method: 'DELETE', path: roomPath(room, `/bans/${encodeURIComponent(user)}`), token });

/** Sets a user's role. For owners. */
export const setMember = (token: string, room: string, user: string, role: AssignableRole) =>
  send<void>({ method: 'PUT', path: roomPath(room, `/members/${encodeURIComponent(user)}`), body: { role }, token });

/** Makes another user the owner. The previous owner becomes a moderator. */
export const transferRoom = (token: string, room: string, user: string) =>
  send<void>({ method: 'POST', path: roomPath(room, '/transfer'), body: { user }, token });
