import { computed, signal } from '@preact/signals';
import { ApiProblem } from '../api/problem.js';
import * as rest from '../api/rest.js';

/** Who uses the page. `starting` while a kept sign-in is being taken up. */
export type Session =
  | { readonly status: 'starting' }
  | { readonly status: 'out'; readonly why?: string }
  | { readonly status: 'in'; readonly user: rest.Account; readonly guestOf?: string };

interface Kept {
  readonly refreshToken: string;
  readonly guestOf?: string;
}

const KEY = 'parley.session';
/** A token is replaced when it has less than this left. */
const SPARE_MS = 30_000;

const state = signal<Session>({ status: 'starting' });
let access: { token: string; expiresAt: number } | undefined;
let kept: Kept | undefined;
let refreshing: Promise<string> | undefined;

/** The session as screens see it. */
export const session = computed(() => state.value);
/** The signed-in person, or undefined. */
export const user = computed(() => (state.value.status === 'in' ? state.value.user : undefined));

const keep = (value: Kept | undefined) => {
  kept = value;
  // Private windows may refuse storage; then a reload asks to sign in again.
  try {
    if (value) sessionStorage.setItem(KEY, JSON.stringify(value));
    else sessionStorage.removeItem(KEY);
  } catch {}
};

const readKept = (): Kept | undefined => {
  try {
    const value = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Kept | null;
    return typeof value?.refreshToken === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
};

const take = (tokens: rest.Tokens, guestOf: string | undefined): void => {
  access = { token: tokens.accessToken, expiresAt: Date.now() + tokens.expiresIn * 1000 };
  keep(tokens.refreshToken ? { refreshToken: tokens.refreshToken, ...(guestOf ? { guestOf } : {}) } : undefined);
  state.value = { status: 'in', user: tokens.user, ...(guestOf ? { guestOf } : {}) };
};

/** Forgets everything, and says why when it was not the person's own wish. */
export const forget = (why?: string): void => {
  access = undefined;
  keep(undefined);
  state.value = { status: 'out', ...(why ? { why } : {}) };
};

const refreshNow = async (): Promise<string> => {
  const before = kept;
  if (!before) {
    forget('token_expired');
    throw new ApiProblem('token_expired', 401);
  }
  try {
    const tokens = await rest.refresh(before.refreshToken);
    // Someone else may have signed in while this was on its way.
    if (kept !== before) return accessToken();
    take(tokens, before.guestOf);
    return tokens.accessToken;
  } catch (error) {
    const refused = error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429;
    if (refused && kept === before) forget('refresh_invalid');
    throw error;
  }
};

/** A token that is good for a while yet; asks for a new one when needed, one request at a time. */
export const accessToken = async (): Promise<string> => {
  if (access && access.expiresAt - Date.now() > SPARE_MS) return access.token;
  refreshing ??= refreshNow().finally(() => {
    refreshing = undefined;
  });
  return refreshing;
};

/** Calls with a token; once more with a fresh one when the server says that it has ended. */
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

/** Takes up the sign-in of before a reload. */
export const start = async (): Promise<void> => {
  kept = readKept();
  if (!kept) {
    state.value = { status: 'out' };
    return;
  }
  await accessToken().catch(() => {
    // The network failed, not the sign-in: it stays kept for the next try.
    if (state.value.status === 'starting') state.value = { status: 'out', why: 'network' };
  });
};

export const signUp = async (username: string, password: string, displayName: string): Promise<void> =>
  take(await rest.register(username, password, displayName), undefined);

export const logIn = async (username: string, password: string): Promise<void> =>
  take(await rest.logIn(username, password), undefined);

/** Guests are bound to the one room whose link they have. */
export const enterAsGuest = async (displayName: string, room: string): Promise<void> =>
  take(await rest.enterAsGuest(displayName, room), room);

/** Ends the session here at once, and on the server as soon as it hears of it. */
export const logOut = async (): Promise<void> => {
  const token = kept?.refreshToken;
  forget();
  if (token) await rest.logOut(token).catch(() => undefined);
};
