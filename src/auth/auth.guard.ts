import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ProtocolError } from '@parley/protocol';
import { type Principal, TokenVerifier } from './principal.js';
import { IS_PUBLIC } from './public.js';

/** A request that passed {@link AuthGuard}; `principal` is absent on public routes. */
export interface AuthenticatedRequest {
  readonly headers: { readonly authorization?: string };
  principal?: Principal;
}

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i;

/** Requires a Bearer token (RFC 6750) on every route that is not {@link Public}, and sets the request's principal. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    private readonly verifier: TokenVerifier,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const { authorization } = request.headers;
    if (authorization === undefined) throw new ProtocolError('unauthenticated');
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw new ProtocolError('token_invalid');
    request.principal = await this.verifier.verify(token);
    return true;
  }
}
