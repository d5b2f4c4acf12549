import { JwtService } from '@nestjs/jwt';
import { ProtocolError } from '@parley/protocol';
import type { ClaimMismatch, MatchedClaim } from './claim-mismatch.js';
import { MAX_TOKEN_BYTES, OWN, readClaims } from './claims.js';
import { type Principal, TokenVerifier } from './principal.js';
import { revokedToken } from './refusal.js';
import { requireAccessTokenFormat } from './token-format.js';
import { TokenRevocation } from './token-revocation.js';

/** Verifies HS256 tokens: Parley's own, and those of an issuer that shares the secret. */
export class OwnTokenVerifier extends TokenVerifier {
  constructor(
    private readonly jwt: JwtService,
    private readonly revocation: TokenRevocation,
    private readonly mismatch: ClaimMismatch,
  ) {
    super();
  }

  async verify(token: string): Promise<Principal> {
    const principal = readClaims(this.open(token), token, OWN, Date.now());
    if (principal.kind !== 'account') return principal;
    const validAfter = await this.revocation.validAfter(principal.user);
    if (validAfter !== undefined && principal.issuedAt < validAfter) throw revokedToken(principal, validAfter);
    return principal;
  }

  private open(token: string): Record<string, unknown> {
    if (token.length > MAX_TOKEN_BYTES) throw new ProtocolError('token_invalid');
    let opened: { header: { crit?: unknown; b64?: unknown; typ?: unknown }; payload: unknown };
    try {
      // readClaims checks the times more strictly: jsonwebtoken accepts 1e99 as a date.
      opened = this.jwt.verify(token, { complete: true, ignoreExpiration: true, ignoreNotBefore: true });
    } catch (error) {
      throw this.refusal(error, token);
    }
    const { header, payload } = opened;
    // RFC 7515 §4.1.11: an extension that is not understood makes the token invalid.
    if (header.crit !== undefined || header.b64 !== undefined) throw new ProtocolError('token_invalid');
    if (typeof payload !== 'object' || payload === null) throw new ProtocolError('token_invalid');
    requireAccessTokenFormat(token, header.typ);
    return payload as Record<string, unknown>;
  }

  /** jsonwebtoken names a wrong claim in its message only, after it verified the signature. */
  private refusal(error: unknown, token: string): ProtocolError {
    const [, found] = (error instanceof Error && /^jwt (issuer|audience) invalid/.exec(error.message)) || [];
    if (found === undefined) return new ProtocolError('token_invalid');
    const claim: MatchedClaim = found === 'issuer' ? 'iss' : 'aud';
    return this.mismatch.report(claim, this.jwt.decode<Record<string, unknown>>(token)?.[claim]);
  }
}
