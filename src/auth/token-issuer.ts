import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Role } from '@parley/protocol';

/** The user that an access token is issued to, and its grants. */
export interface TokenSubject {
  readonly id: string;
  readonly name: string;
  readonly kind: 'account' | 'guest';
  readonly grants: Readonly<Record<string, Role>>;
  /** Earliest `iat`, ms since the Unix epoch: the clock of the node that revoked older tokens may be ahead. */
  readonly notBefore: number;
  /** When the permissions behind it were read, ms since the Unix epoch. Default: now. */
  readonly asOf?: number | undefined;
}

/** Issues Parley's own access tokens (RFC 7519, HS256). */
@Injectable()
export class TokenIssuer {
  constructor(private readonly jwt: JwtService) {}

  issue({ id, name, kind, grants, notBefore, asOf = Date.now() }: TokenSubject, seconds: number): string {
    // Millisecond precision orders a token and a password change within the same second.
    const issuedAt = Math.max(asOf, notBefore) / 1000;
    const exp = Math.floor(issuedAt) + seconds;
    return this.jwt.sign({ sub: id, name, kind, rooms: grants, typ: 'access', iat: issuedAt, exp, jti: randomUUID() });
  }
}
