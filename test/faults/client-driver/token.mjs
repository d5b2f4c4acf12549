import { createHmac, randomUUID } from 'node:crypto';

/** The server accepts a token for this long after its expiry. */
const LEEWAY_SECONDS = 30;

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Makes a JWT (RFC 7519, HS256) that the server accepts for `seconds` from now. */
const issue = ({ secret, user, seconds }) => {
  const now = Date.now() / 1000;
  const claims = { sub: user, name: user, typ: 'access', iss: 'parley', aud: 'parley', iat: now, jti: randomUUID() };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, exp: Math.floor(now) + seconds - LEEWAY_SECONDS })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};

/**
 * Makes the token callback of an application.
 * @param {{secret: string, user: string, seconds: number, slowMs: number, failing: number}} terms `slowMs`: it takes up
 * to this long; `failing`: the share of calls that fail, from 0 to 1 void} begun told at each call how many run then =>
 * * @param {(running: number) => void} begun called at each call with the number of running ones => void} begun told at
 * each call how many run then
 */
export const tokenCallback = (terms, begun) => {
  let running = 0;
  return async () => {
    begun(++running);
    try {
      if (terms.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * terms.slowMs));
      if (Math.random() < terms.failing) throw new Error('the application has no token now');
      return issue(terms);
    } finally {
      running -= 1;
    }
  };
};
