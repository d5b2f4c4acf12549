import { ProtocolError } from '@parley/protocol';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { JwtConfig } from '../config/config.js';
import { LEEWAY_SECONDS, MAX_TOKEN_BYTES, readClaims } from './claims.js';
import { type Principal, TokenVerifier } from './principal.js';

/** Verifies the tokens of an external issuer with the public keys at its JWKS URL (RFC 7517, RFC 8725). */
export class JwksTokenVerifier extends TokenVerifier {
  private readonly keys: JWTVerifyGetKey;

  constructor(private readonly config: Pick<JwtConfig, 'algorithms' | 'issuer' | 'audience'> & { jwksUrl: string }) {
    super();
    const remote = createRemoteJWKSet(new URL(config.jwksUrl), {
      timeoutDuration: 3_000,
      // An unknown key id triggers a refetch of the keys; this bounds how often a flood of them can.
      cooldownDuration: 10_000,
      cacheMaxAge: 600_000,
    });
    this.keys = async (header, token) => {
      try {
        return await remote(header, token);
      } catch (error) {
        const last = remote.jwks();
        // The issuer is unavailable: its last known keys stay valid.
        if (last === undefined || !isOutage(error)) throw error;
        return createLocalJWKSet(last)(header, token);
      }
    };
  }

  async verify(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_BYTES) throw new ProtocolError('token_invalid');
    const { algorithms, issuer, audience } = this.config;
    try {
      const { payload } = await jwtVerify(token, this.keys, {
        algorithms: [...algorithms],
        issuer,
        audience,
        clockTolerance: LEEWAY_SECONDS,
      });
      return readClaims(payload, token, 'outside', Date.now());
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      if (error instanceof errors.JWTExpired) throw new ProtocolError('token_expired');
      if (isOutage(error)) throw new ProtocolError('unavailable', undefined, { retryAfterMs: 2_000 });
      throw new ProtocolError('token_invalid');
    }
  }
}

/** Whether the keys could not be fetched, or the response was not a key set. */
const isOutage = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') ||
  (error instanceof TypeError && error.message === 'fetch failed');
