import { SignJWT } from 'jose';

/** Tokens of an application that shares JWT_SECRET: no account behind them, and none to be made. */
export const tokenOf = (secret: string, user: string, issuedAtMs = Date.now() - 5_000): Promise<string> =>
  new SignJWT({ name: user })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setIssuer('parley')
    .setAudience('parley')
    .setIssuedAt(Math.floor(issuedAtMs / 1000))
    .setExpirationTime(Math.floor(Date.now() / 1000) + 900)
    .sign(Buffer.from(secret));
