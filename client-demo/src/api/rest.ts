import type { RoomEntry } from '@parley/client';
import { send } from './http.js';

/** The person that a token speaks for. */
export interface Account {
  readonly id: string;
  readonly displayName: string;
  readonly username?: string;
  readonly kind: 'account' | 'guest' | (string & {});
}

/** What signing in, refreshing and coming as a guest answer. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Seconds that the access token is good for. */
  readonly expiresIn: number;
  readonly user: Account;
}

/** A room as the lobby shows it. */
export interface RoomSummary {
  readonly id: string;
  readonly name: string;
  /** A user id; null where a token made the room. */
  readonly owner: string | null;
  /** Null: as many as the server allows. */
  readonly capacity: number | null;
  readonly guestsAllowed: boolean;
  readonly access: RoomEntry;
  readonly locked: boolean;
  /** ISO 8601; null: at no set time. */
  readonly endsAt: string | null;
  /** Null while nobody can tell. */
  readonly participants: number | null;
}

/** What a person chooses for a new room. */
export interface NewRoom {
  readonly name: string;
  readonly guestsAllowed: boolean;
  readonly listed: boolean;
  readonly access: RoomEntry;
  readonly capacity: number | null;
  /** ISO 8601; null: at no set time. */
  readonly endsAt: string | null;
  /** It is over when nobody was in it for so long; null: never for that. */
  readonly endWhenEmptySeconds: number | null;
}

/** What anyone who has the link may know. */
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

/** Where a room is. */
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

/** Ends every sign-in and session of the account, the one that asks too. */
export const logOutEverywhere = (token: string) => send<void>({ method: 'POST', path: '/v1/auth/logout-all', token });

export const readUser = (token: string, id: string) =>
  send<Pick<Account, 'id' | 'displayName'>>({ path: `/v1/users/${encodeURIComponent(id)}`, token });

/** Whether the service has a relay for those who cannot, or do not want to, reach others straight. */
export const hasRelay = async (token: string): Promise<boolean> => {
  const { iceServers } = await send<{ iceServers: readonly { urls: readonly string[] }[] }>({
    path: '/v1/ice-servers',
    token,
  });
  return iceServers.some(({ urls }) => urls.some((url) => /^turns?:/.test(url)));
};

export const previewRoom = (id: string) => send<RoomPreview>({ path: roomPath(id, '/preview') });

/** @throws ApiProblem with what keeps this person out: `banned`, `admission_required`, `invite_required`, `room_locked` … */
export const readRoom = (token: string, id: string) => send<RoomSummary>({ path: roomPath(id), token });

export const listRooms = (
  token: string,
  query: { readonly search?: string; readonly cursor?: string; readonly limit?: number },
  signal?: AbortSignal,
) => send<Page<RoomSummary>>({ path: '/v1/rooms', query, token, ...(signal ? { signal } : {}) });

export const createRoom = (token: string, room: NewRoom) =>
  send<RoomSummary>({ method: 'POST', path: '/v1/rooms', body: room, token });

export const deleteRoom = (token: string, id: string) => send<void>({ method: 'DELETE', path: roomPath(id), token });
