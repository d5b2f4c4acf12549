import { Injectable } from '@nestjs/common';
import { type PeerId, ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { AuditStore } from '../../audit/audit.store.js';
import type { RoomAction } from '../../auth/policy.js';
import { EventOutbox } from '../../bus/events/event-outbox.js';
import { orUnavailable } from '../../database/database-errors.js';
import { RoomPolicy } from '../room-policy.js';
import { type Actor, auditEntry } from './actor.js';
import { type MemberRow, MembersStore } from './members.store.js';
import { RemovalsService, type Target } from './removals.service.js';

const PAGE = 100;

/** Permissions to revoke (false) or restore (true); undefined ones stay as they are. */
export interface Rights {
  readonly publish?: boolean | undefined;
  readonly chat?: boolean | undefined;
}

/** Manages members' roles, permissions and muting. */
@Injectable()
export class MembersService {
  constructor(
    private readonly store: MembersStore,
    private readonly policy: RoomPolicy,
    private readonly events: EventOutbox,
    private readonly removals: RemovalsService,
    private readonly audit: AuditStore,
  ) {}

  async list(by: Actor, room: RoomId, after = ''): Promise<{ members: MemberRow[]; nextAfter: string | null }> {
    await this.policy.permit(by.principal, 'member.list', room);
    const found = await orUnavailable(this.store.list(room, after, PAGE + 1));
    const members = found.slice(0, PAGE);
    return { members, nextAfter: found.length > PAGE ? (members.at(-1)?.user ?? null) : null };
  }

  async set(by: Actor, room: RoomId, user: string, role: 'moderator' | 'member'): Promise<void> {
    await this.policy.permit(by.principal, 'member.set', room, user);
    if (user.startsWith('g_')) throw new ProtocolError('conflict', 'A guest cannot be a member.');
    await orUnavailable(this.store.set(room, user, role, auditEntry(by, 'member.set', room, user, { role })));
    await this.publishChanged(room, user);
  }

  /** Removes a member. A room that is not open also removes their peers. */
  async remove(by: Actor, room: RoomId, user: string): Promise<void> {
    const { room: found } = await this.policy.permit(by.principal, 'member.set', room, user);
    const entry = auditEntry(by, 'member.remove', room, user);
    if (!(await orUnavailable(this.store.remove(room, user, entry)))) throw new ProtocolError('not_found');
    if (found.access === 'open') return this.publishChanged(room, user);
    await this.removals.remove(room, user as UserId, undefined, undefined, auditEntry(by, 'member.kick', room, user));
  }

  async permit(by: Actor, room: RoomId, target: Target, { publish, chat }: Rights): Promise<void> {
    const user = await this.userOf(by, 'member.mute', room, target);
    const change = {
      ...(publish !== undefined && { mayPublish: publish }),
      ...(chat !== undefined && { mayChat: chat }),
    };
    if (Object.keys(change).length === 0) return;
    const details = { ...(publish !== undefined && { publish }), ...(chat !== undefined && { chat }) };
    const entry = auditEntry(by, 'member.permit', room, user, details);
    await orUnavailable(this.store.permit(room, user, change, entry));
    await this.publishChanged(room, user);
  }

  /** Asks a peer to mute itself. */
  async mute(by: Actor, room: RoomId, peer: PeerId): Promise<void> {
    const user = await this.userOf(by, 'member.mute', room, { peer });
    await orUnavailable(this.audit.write(auditEntry(by, 'member.mute', room, user)));
    await this.events.publish({ fact: 'mute_requested', room, peer, by: by.principal.user });
  }

  private publishChanged(room: RoomId, user: string): Promise<void> {
    return this.events.publish({ fact: 'member_changed', room, user: user as UserId });
  }

  private async userOf(by: Actor, action: RoomAction, room: RoomId, { peer, user }: Target): Promise<string> {
    await this.policy.permit(by.principal, action, room);
    const found = user ?? (await this.policy.members(room)).find((member) => member.peer === peer)?.user;
    if (found === undefined) throw new ProtocolError('peer_unknown');
    await this.policy.permit(by.principal, action, room, found);
    return found;
  }
}
