import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { Role } from '@parley/protocol';

/** Whom an access token is for. */
export interface TokenSubject {
  readonly id: string;
  readonly name: string;
  readonly kind: 'account' | 'guest';
  readonly grants: Readonly<Record<string, Role>>;
  /** The token is not issued before this moment, ms since the Unix epoch: another node's clock may be ahead. */
  readonly notBefore: number;
  /** When what it stands on was asked for, ms since the Unix epoch. Default: now. */
  readonly asOf?: number | undefined;
}

/** Makes Parley's own access tokens (RFC 7519, HS256). */
@Injectable()
export class TokenIssuer {
  constructor(private readonly jwt: JwtService) {}

  issue({ id, name, kind, grants, notBefore, asOf = Date.now() }: TokenSubject, seconds: number): string {
    // To the millisecond: a token from the same second as a change of password is told from one before it.
    const issuedAt = Math.max(asOf, notBefore) / 1000;
    const exp = Math.floor(issuedAt) + seconds;
    return this.jwt.sign({ sub: id, name, kind, rooms: grants, typ: 'access', iat: issuedAt, exp, jti: randomUUID() });
  }
}
