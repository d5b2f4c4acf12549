import { SignJWT } from 'jose';

/** Signs tokens of an application that shares JWT_SECRET; there are no accounts behind them. */
export const tokenOf = (secret: string, user: string, issuedAtMs = Date.now() - 5_000): Promise<string> =>
  new SignJWT({ name: user })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setIssuer('parley')
    .setAudience('parley')
    .setIssuedAt(Math.floor(issuedAtMs / 1000))
    .setExpirationTime(Math.floor(Date.now() / 1000) + 900)
    .sign(Buffer.from(secret));
