const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const randomBytes = (count: number): string => base64url(crypto.getRandomValues(new Uint8Array(count)));

/**
 * @internal A new session key: 32 random bytes. It lives in memory only, because "Duplicate tab" would
 * copy a stored one and two tabs would fight for one session.
 */
export const newSessionKey = (): string => randomBytes(32);

/** @internal A random, unique id. It makes a request, such as a chat message, safe to send again. */
export const newId = (): string => randomBytes(16);
