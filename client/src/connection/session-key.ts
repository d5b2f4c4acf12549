const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const randomBytes = (count: number): string => base64url(crypto.getRandomValues(new Uint8Array(count)));

/**
 * @internal A new session key: 32 random bytes. It lives in memory only, for a stored one would be copied by
 * "Duplicate tab" and two tabs would fight for one session.
 */
export const newSessionKey = (): string => randomBytes(32);

/** @internal An id that nobody else makes: for chat messages, which are recognised by it when they are sent again. */
export const newId = (): string => randomBytes(16);
