import { ProtocolError } from '@parley/protocol';
import { errors, jwtVerify } from 'jose';
import type { JwtConfig } from '../config/config.js';
import { type ClaimMismatch, isMatchedClaim } from './claim-mismatch.js';
import { LEEWAY_SECONDS, MAX_TOKEN_BYTES, readClaims } from './claims.js';
import { isOutage, JwksKeys, remoteKeys } from './jwks-keys.js';
import { type Principal, TokenVerifier } from './principal.js';
import { requireAccessTokenFormat } from './token-format.js';

/** The settings of an external issuer. */
export type JwksConfig = Pick<JwtConfig, 'algorithms' | 'issuer' | 'audience' | 'topLevelClaims'> & {
  readonly jwksUrl: string;
};

/** Verifies the tokens of an external issuer with the public keys at its JWKS URL (RFC 7517, RFC 8725). */
export class JwksTokenVerifier extends TokenVerifier {
  private readonly keys: JwksKeys;

  constructor(
    private readonly config: JwksConfig,
    private readonly mismatch: ClaimMismatch,
  ) {
    super();
    this.keys = new JwksKeys(remoteKeys(config.jwksUrl));
  }

  async verify(token: string): Promise<Principal> {
    if (token.length > MAX_TOKEN_BYTES) throw new ProtocolError('token_invalid');
    const { algorithms, issuer, audience, topLevelClaims } = this.config;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.keys.find, {
        algorithms: [...algorithms],
        issuer,
        audience,
        clockTolerance: LEEWAY_SECONDS,
      });
      requireAccessTokenFormat(token, protectedHeader.typ);
      return readClaims(payload, token, { issuer: 'outside', topLevelClaims }, Date.now());
    } catch (error) {
      throw this.refusal(error);
    }
  }

  private refusal(error: unknown): ProtocolError {
    if (error instanceof ProtocolError) return error;
    if (error instanceof errors.JWTExpired) return new ProtocolError('token_expired');
    if (isOutage(error)) return new ProtocolError('unavailable', undefined, { retryAfterMs: 2_000 });
    if (error instanceof errors.JWTClaimValidationFailed && isMatchedClaim(error.claim)) {
      return this.mismatch.report(error.claim, error.payload[error.claim]);
    }
    return new ProtocolError('token_invalid');
  }
}
