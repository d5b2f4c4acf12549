import { Injectable } from '@nestjs/common';
import { ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { AuditStore } from '../../audit/audit.store.js';
import { EventOutbox } from '../../bus/events/event-outbox.js';
import { orUnavailable } from '../../database/database-errors.js';
import { RoomPolicy } from '../room-policy.js';
import { type Actor, auditEntry } from './actor.js';
import { type Invite, InvitesStore } from './invites.store.js';

/** Maximum number of invites per room. */
const MAX_INVITES = 100;

/** The terms of a new invite. */
export interface InviteTerms {
  readonly role: 'moderator' | 'member';
  /** Null: unlimited. */
  readonly uses: number | null;
  /** Null: until it is revoked. */
  readonly expiresInSeconds: number | null;
}

/** Creates, lists, revokes and accepts invites. */
@Injectable()
export class InvitesService {
  constructor(
    private readonly store: InvitesStore,
    private readonly policy: RoomPolicy,
    private readonly events: EventOutbox,
    private readonly audit: AuditStore,
  ) {}

  /** @throws ProtocolError `forbidden`: only owners invite moderators; `conflict`: the room has too many invites */
  async create(by: Actor, room: RoomId, terms: InviteTerms): Promise<{ invite: Invite; token: string }> {
    const { role: own } = await this.policy.permit(by.principal, 'invite.create', room);
    const { role, uses, expiresInSeconds } = terms;
    if (role === 'moderator' && own !== 'owner') throw new ProtocolError('forbidden');
    const expiresAt = expiresInSeconds === null ? null : new Date(Date.now() + expiresInSeconds * 1000);
    const invite = { room, role, usesLeft: uses, expiresAt, by: by.principal.user };
    const made = await orUnavailable(this.store.create(invite, MAX_INVITES));
    if (made === undefined) throw new ProtocolError('conflict', `A room may have at most ${MAX_INVITES} invites.`);
    const details = { invite: made.invite.id, role, uses, expiresAt: expiresAt?.toISOString() ?? null };
    await this.audit.write(auditEntry(by, 'invite.create', room, null, details));
    return made;
  }

  async list(by: Actor, room: RoomId): Promise<Invite[]> {
    await this.policy.permit(by.principal, 'invite.list', room);
    return orUnavailable(this.store.list(room));
  }

  async revoke(by: Actor, room: RoomId, id: string): Promise<void> {
    await this.policy.permit(by.principal, 'invite.revoke', room);
    if (!(await orUnavailable(this.store.revoke(room, id)))) throw new ProtocolError('not_found');
    await this.audit.write(auditEntry(by, 'invite.revoke', room, null, { invite: id }));
  }

  /** @returns the invite's room */
  async accept({ principal }: Actor, token: string): Promise<RoomId> {
    const room = (await orUnavailable(this.store.accept(principal, token))) as RoomId;
    await this.events.publish({ fact: 'member_changed', room, user: principal.user as UserId });
    return room;
  }
}
