import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import type { AuthenticatedRequest } from './auth.guard.js';
import type { Principal } from './principal.js';

/** Injects the request's authenticated {@link Principal}. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (principal === undefined) throw new ProtocolError('unauthenticated');
  return principal;
});
