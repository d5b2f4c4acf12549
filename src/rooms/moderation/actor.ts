import type { NewAuditRow } from '../../audit/audit.store.js';
import type { Principal } from '../../auth/principal.js';

/** Who does something, and from where. */
export interface Actor {
  readonly principal: Principal;
  /** The address of their socket or request; null: not known. */
  readonly ip: string | null;
}

/** A line of the audit trail on what an actor does in a room. */
export const auditEntry = (
  { principal, ip }: Actor,
  action: string,
  room: string,
  target: string | null,
  details: Record<string, unknown> = {},
): NewAuditRow => ({ actor: principal.user, ip, action, room, target, details });
