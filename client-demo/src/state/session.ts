import { computed, signal } from '@preact/signals';
import { ApiProblem } from '../api/problem.js';
import * as rest from '../api/rest.js';
import { browserStorage, SignInStore } from './sign-in.js';

/** The sign-in of the page. `starting`: a stored sign-in is being resumed. */
export type Session =
  | { readonly status: 'starting' }
  | { readonly status: 'out'; readonly why?: string }
  | { readonly status: 'in'; readonly user: rest.Account; readonly guestOf?: string };

/** A token is replaced when it has less than this left. */
const REFRESH_MARGIN_MS = 30_000;

const state = signal<Session>({ status: 'starting' });
const stored = new SignInStore(browserStorage());
let access: { token: string; expiresAt: number } | undefined;
let refreshing: Promise<string> | undefined;

/** The session as screens see it. */
export const session = computed(() => state.value);
/** The signed-in user, or undefined. */
export const user = computed(() => (state.value.status === 'in' ? state.value.user : undefined));

const show = (tokens: rest.Tokens, guestOf: string | undefined): void => {
  access = { token: tokens.accessToken, expiresAt: Date.now() + tokens.expiresIn * 1000 };
  state.value = { status: 'in', user: tokens.user, ...(guestOf ? { guestOf } : {}) };
};

const take = (tokens: rest.Tokens, guestOf: string | undefined): void => {
  if (tokens.refreshToken) stored.begin({ refreshToken: tokens.refreshToken, ...(guestOf ? { guestOf } : {}) });
  else stored.end();
  show(tokens, guestOf);
};

/** Ends the sign-in of this page. `why`: the code to show, unless the user logged out. */
export const forget = (why?: string): void => {
  access = undefined;
  stored.end();
  state.value = { status: 'out', ...(why ? { why } : {}) };
};

const refreshNow = async (): Promise<string> => {
  const before = stored.read();
  if (!before) {
    forget('token_expired');
    throw new ApiProblem('token_expired', 401);
  }
  try {
    const tokens = await rest.refresh(before.refreshToken);
    // The user may have logged out, or another one logged in, during the request.
    if (stored.read()?.refreshToken !== before.refreshToken) {
      if (access) return access.token;
      throw new ApiProblem('token_expired', 401);
    }
    stored.renew({ ...before, refreshToken: tokens.refreshToken ?? before.refreshToken });
    show(tokens, before.guestOf);
    return tokens.accessToken;
  } catch (error) {
    const refused = error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429;
    if (refused && stored.read()?.refreshToken === before.refreshToken) forget('refresh_invalid');
    throw error;
  }
};

/** A token that is valid for at least {@link REFRESH_MARGIN_MS}; refreshes it if needed, one request at a time. */
export const accessToken = async (): Promise<string> => {
  if (access && access.expiresAt - Date.now() > REFRESH_MARGIN_MS) return access.token;
  refreshing ??= stored.alone(refreshNow).finally(() => {
    refreshing = undefined;
  });
  return refreshing;
};

/** A token issued after this call, which a user needs after a removal from a room. */
export const freshToken = async (): Promise<string> => {
  access = undefined;
  return accessToken();
};

/** Calls with a token, and once more with a new one if the server says that it has expired. */
export const withToken = async <Answer>(call: (token: string) => Promise<Answer>): Promise<Answer> => {
  try {
    return await call(await accessToken());
  } catch (error) {
    const ended = error instanceof ApiProblem && (error.code === 'token_expired' || error.code === 'token_invalid');
    if (!ended) throw error;
    access = undefined;
    return call(await accessToken());
  }
};

/** Resumes the stored sign-in after a reload. */
export const start = async (): Promise<void> => {
  addEventListener('storage', (event) => {
    // The user logged out in a duplicate of this tab: show no reason.
    if (stored.isEndedBy(event)) forget();
  });
  if (!stored.read()) {
    state.value = { status: 'out' };
    return;
  }
  await accessToken().catch(() => {
    // The network failed, not the sign-in, which stays stored for the next try.
    if (state.value.status === 'starting') state.value = { status: 'out', why: 'network' };
  });
};

export const signUp = async (username: string, password: string, displayName: string): Promise<void> =>
  take(await rest.register(username, password, displayName), undefined);

export const logIn = async (username: string, password: string): Promise<void> =>
  take(await rest.logIn(username, password), undefined);

/** Signs in as a guest, limited to one room. */
export const enterAsGuest = async (displayName: string, room: string): Promise<void> =>
  take(await rest.enterAsGuest(displayName, room), room);

/** Logs out at once on this page, and on the server if it can be reached. */
export const logOut = async (): Promise<void> => {
  const token = stored.read()?.refreshToken;
  forget();
  if (token) await rest.logOut(token).catch(() => undefined);
};

/** Ends every sign-in of the account. @throws ApiProblem if the request failed: nothing has ended then */
export const logOutEverywhere = async (): Promise<void> => {
  await withToken((token) => rest.logOutEverywhere(token));
  forget();
};
