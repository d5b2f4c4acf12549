import type { RoomEntry } from '@parley/client';
import { send } from './http.js';

/** The user of a token. */
export interface Account {
  readonly id: string;
  readonly displayName: string;
  readonly username?: string;
  readonly kind: 'account' | 'guest' | (string & {});
}

/** Response of login, registration, token refresh and guest sign-in. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Lifetime of the access token in seconds. */
  readonly expiresIn: number;
  readonly user: Account;
}

/** A room as the room list shows it. */
export interface RoomSummary {
  readonly id: string;
  readonly name: string;
  /** A user id; null if a service account created the room. */
  readonly owner: string | null;
  /** Null: the server's maximum. */
  readonly capacity: number | null;
  readonly guestsAllowed: boolean;
  readonly access: RoomEntry;
  readonly locked: boolean;
  /** ISO 8601; null: no end time. */
  readonly endsAt: string | null;
  /** Null while the number is unknown. */
  readonly participants: number | null;
}

/** The settings of a new room. */
export interface NewRoom {
  readonly name: string;
  readonly guestsAllowed: boolean;
  readonly listed: boolean;
  readonly access: RoomEntry;
  readonly capacity: number | null;
  /** ISO 8601; null: no end time. */
  readonly endsAt: string | null;
  /** The room ends after it was empty for so many seconds; null: it does not end when empty. */
  readonly endWhenEmptySeconds: number | null;
}

/** What anyone with the link may see of a room. */
export interface RoomPreview {
  readonly id: string;
  readonly name: string;
  readonly guestsAllowed: boolean;
  readonly access: RoomEntry;
  readonly locked: boolean;
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** REST path of a room. */
export const roomPath = (id: string, rest = '') => `/v1/rooms/${encodeURIComponent(id)}${rest}`;

export const register = (username: string, password: string, displayName: string) =>
  send<Tokens>({ method: 'POST', path: '/v1/auth/register', body: { username, password, displayName } });

export const logIn = (username: string, password: string) =>
  send<Tokens>({ method: 'POST', path: '/v1/auth/login', body: { username, password } });

export const enterAsGuest = (displayName: string, room: string) =>
  send<Tokens>({ method: 'POST', path: '/v1/auth/guest', body: { displayName, room } });

export const refresh = (refreshToken: string) =>
  send<Tokens>({ method: 'POST', path: '/v1/auth/refresh', body: { refreshToken } });

export const logOut = (refreshToken: string) =>
  send<void>({ method: 'POST', path: '/v1/auth/logout', body: { refreshToken } });

/** Ends every sign-in and session of the account, including this one. */
export const logOutEverywhere = (token: string) => send<void>({ method: 'POST', path: '/v1/auth/logout-all', token });

export const readUser = (token: string, id: string) =>
  send<Pick<Account, 'id' | 'displayName'>>({ path: `/v1/users/${encodeURIComponent(id)}`, token });

/** Whether the server offers a TURN relay (RFC 8656). */
export const hasRelay = async (token: string): Promise<boolean> => {
  const { iceServers } = await send<{ iceServers: readonly { urls: readonly string[] }[] }>({
    path: '/v1/ice-servers',
    token,
  });
  return iceServers.some(({ urls }) => urls.some((url) => /^turns?:/.test(url)));
};

export const previewRoom = (id: string) => send<RoomPreview>({ path: roomPath(id, '/preview') });

/** @throws ApiProblem if the user may not join: `banned`, `admission_required`, `invite_required`, `room_locked` … */
export const readRoom = (token: string, id: string) => send<RoomSummary>({ path: roomPath(id), token });

export const listRooms = (
  token: string,
  query: { readonly search?: string; readonly cursor?: string; readonly limit?: number },
  signal?: AbortSignal,
) => send<Page<RoomSummary>>({ path: '/v1/rooms', query, token, ...(signal ? { signal } : {}) });

export const createRoom = (token: string, room: NewRoom) =>
  send<RoomSummary>({ method: 'POST', path: '/v1/rooms', body: room, token });

export const deleteRoom = (token: string, id: string) => send<void>({ method: 'DELETE', path: roomPath(id), token });
