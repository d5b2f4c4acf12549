import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';

/** The secrets of this process. Replicas that share users must have the same ones. */
export interface Secrets {
  /** Signs and checks Parley's own access tokens (HS256). */
  readonly jwtKey: KeyObject;
  /** Keys the derivation of session and peer ids. */
  readonly sessionKey: KeyObject;
}

/** Injection token of the {@link Secrets}. */
export const SECRETS = Symbol('SECRETS');

/**
 * Resolves the secrets. Absent ones are generated on the first start and stored in the data directory, readable by its
 * owner only. Without a secret of its own, the session key is derived from the token secret (RFC 5869).
 * @throws Error when a stored secret has less than 32 bytes
 */
export const resolveSecrets = (config: Pick<Config, 'jwt' | 'dataDir'>): Secrets => {
  const { secret, sessionSecret, jwksUrl } = config.jwt;
  if (jwksUrl !== undefined && secret === undefined) {
    // No token is signed with this key: an external issuer signs them.
    const session =
      sessionSecret === undefined ? persisted(config.dataDir, 'session-secret') : Buffer.from(sessionSecret);
    return { jwtKey: createSecretKey(randomBytes(32)), sessionKey: createSecretKey(session) };
  }
  const jwt = secret === undefined ? persisted(config.dataDir, 'jwt-secret') : Buffer.from(secret);
  const session =
    sessionSecret === undefined
      ? Buffer.from(hkdfSync('sha256', jwt, Buffer.alloc(0), 'parley session', 32))
      : Buffer.from(sessionSecret);
  return { jwtKey: createSecretKey(jwt), sessionKey: createSecretKey(session) };
};

const persisted = (dataDir: string, name: string): Buffer => {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, name);
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(fresh, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    // link() either creates the complete file or finds an existing one: never half a secret.
    linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh);
  }
  chmodSync(path, 0o600);
  const text = readFileSync(path, 'utf8').trim();
  if (Buffer.byteLength(text) < 32) throw new Error(`${path} has less than 32 bytes. Delete it to generate a new one.`);
  return Buffer.from(text);
};
