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

/** An offer of a room's ownership. */
export interface TransferOffer {
  readonly room: string;
  /** The owner who offers it. */
  readonly from: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** Offers the room to a member. Nothing changes until they accept; then the previous owner becomes a moderator. */
export const offerRoom = (token: string, room: string, user: string) =>
  send<TransferOffer>({ method: 'POST', path: roomPath(room, '/transfer'), body: { user }, token });

/** The offers that wait for this user's answer. */
export const listOffers = async (token: string): Promise<readonly TransferOffer[]> =>
  (await send<{ transfers: readonly TransferOffer[] }>({ path: '/v1/transfers', token })).transfers;

export const answerOffer = (token: string, room: string, accept: boolean) =>
  send<void>({ method: 'POST', path: roomPath(room, `/transfer/${accept ? 'accept' : 'decline'}`), body: {}, token });
