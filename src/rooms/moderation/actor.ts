import type { NewAuditRow } from '../../audit/audit.store.js';
import type { Principal } from '../../auth/principal.js';

/** The user who acts, and the address that the request came from. */
export interface Actor {
  readonly principal: Principal;
  /** The address of the socket or request; null: unknown. */
  readonly ip: string | null;
}

/** Makes an audit entry about an action in a room. */
export const auditEntry = (
  { principal, ip }: Actor,
  action: string,
  room: string,
  target: string | null,
  details: Record<string, unknown> = {},
): NewAuditRow => ({ actor: principal.user, ip, action, room, target, details });
