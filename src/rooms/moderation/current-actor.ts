import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import type { AuthenticatedRequest } from '../../auth/auth.guard.js';
import type { Actor } from './actor.js';

/** Injects the authenticated user and the request's address, for audited actions. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { principal, ip } = context.switchToHttp().getRequest<AuthenticatedRequest & { readonly ip?: string }>();
  if (principal === undefined) throw new ProtocolError('unauthenticated');
  return { principal, ip: ip ?? null };
});
