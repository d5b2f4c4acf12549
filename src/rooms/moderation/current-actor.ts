import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ProtocolError } from '@parley/protocol';
import type { AuthenticatedRequest } from '../../auth/auth.guard.js';
import type { Actor } from './actor.js';

/** Whom the guard let through, and from where: for whatever the audit trail tells of. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { principal, ip } = context.switchToHttp().getRequest<AuthenticatedRequest & { readonly ip?: string }>();
  if (principal === undefined) throw new ProtocolError('unauthenticated');
  return { principal, ip: ip ?? null };
});
