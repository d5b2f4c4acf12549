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
  /** The user id of the one who made it. */
  readonly owner: string;
  readonly capacity: number;
  readonly guestsAllowed: boolean;
  readonly participants: number;
}

/** What anyone who has the link may know. */
export interface RoomPreview {
  readonly id: string;
  readonly name: string;
  readonly guestsAllowed: boolean;
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const roomPath = (id: string, rest = '') => `/v1/rooms/${encodeURIComponent(id)}${rest}`;

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

/** Whether the service has a relay for those who cannot, or do not want to, reach others straight. */
export const hasRelay = async (token: string): Promise<boolean> => {
  const { iceServers } = await send<{ iceServers: readonly { urls: readonly string[] }[] }>({
    path: '/v1/ice-servers',
    token,
  });
  return iceServers.some(({ urls }) => urls.some((url) => /^turns?:/.test(url)));
};

export const previewRoom = (id: string) => send<RoomPreview>({ path: roomPath(id, '/preview') });

export const listRooms = (
  token: string,
  query: { readonly search?: string; readonly cursor?: string; readonly limit?: number },
  signal?: AbortSignal,
) => send<Page<RoomSummary>>({ path: '/v1/rooms', query, token, ...(signal ? { signal } : {}) });

export const createRoom = (token: string, room: { name: string; guestsAllowed: boolean; listed: boolean }) =>
  send<RoomSummary>({ method: 'POST', path: '/v1/rooms', body: room, token });

export const deleteRoom = (token: string, id: string) => send<void>({ method: 'DELETE', path: roomPath(id), token });
