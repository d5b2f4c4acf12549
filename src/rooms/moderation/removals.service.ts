import { Injectable } from '@nestjs/common';
import { type PeerId, ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { EventOutbox } from '../../bus/events/event-outbox.js';
import { orUnavailable } from '../../database/database-errors.js';
import { RoomPolicy } from '../room-policy.js';
import { type Actor, auditEntry } from './actor.js';
import { type Ban, RemovalsStore } from './removals.store.js';

/** Maximum number of peers in one event. A user's further peers are removed too: nodes match by user. */
const MAX_PEERS = 64;

/** The target of a removal: by peer or by user. */
export interface Target {
  readonly peer?: PeerId | undefined;
  readonly user?: string | undefined;
}

/** Reason and end of a ban. */
export interface BanTerms {
  readonly reason?: string | undefined;
  /** Null or absent: until it is lifted. */
  readonly until?: Date | null | undefined;
}

/** Kicks and bans users: writes to the database first, then publishes to every node. */
@Injectable()
export class RemovalsService {
  constructor(
    private readonly store: RemovalsStore,
    private readonly policy: RoomPolicy,
    private readonly events: EventOutbox,
  ) {}

  /** @throws ProtocolError `peer_unknown`, and as the policy decides */
  async kick(by: Actor, room: RoomId, target: Target, reason?: string): Promise<void> {
    const user = await this.judge(by, 'member.kick', room, target);
    const details = { ...(reason !== undefined && { reason }) };
    await this.remove(room, user, target.peer, undefined, auditEntry(by, 'member.kick', room, user, details));
  }

  /** @throws ProtocolError `peer_unknown`, and as the policy decides */
  async ban(by: Actor, room: RoomId, target: Target, { reason, until }: BanTerms = {}): Promise<void> {
    const user = await this.judge(by, 'member.ban', room, target);
    const details = { ...(reason !== undefined && { reason }), ...(until && { until: until.toISOString() }) };
    const ban = { reason: reason ?? null, by: by.principal.user, until: until ?? null };
    await this.remove(room, user, target.peer, ban, auditEntry(by, 'member.ban', room, user, details));
  }

  async bans(by: Actor, room: RoomId): Promise<Ban[]> {
    await this.policy.permit(by.principal, 'member.unban', room);
    return orUnavailable(this.store.bans(room));
  }

  /** @throws ProtocolError `not_found` */
  async unban(by: Actor, room: RoomId, user: string): Promise<void> {
    await this.policy.permit(by.principal, 'member.unban', room, user);
    const lifted = await orUnavailable(this.store.unban(room, user, auditEntry(by, 'member.unban', room, user)));
    if (!lifted) throw new ProtocolError('not_found');
    await this.events.publish({ fact: 'member_changed', room, user: user as UserId });
  }

  /** Removes a user from a room, without a policy check: callers made it. */
  async remove(
    room: RoomId,
    user: UserId,
    peer: PeerId | undefined,
    ban: Pick<Ban, 'reason' | 'by' | 'until'> | undefined,
    entry: ReturnType<typeof auditEntry>,
  ): Promise<void> {
    const seen = (await this.policy.members(room)).filter((member) => member.user === user);
    const cached = new Set([...(peer === undefined ? [] : [peer]), ...seen.map((member) => member.peer)]);
    const peers = [...cached].slice(0, MAX_PEERS);
    const at = await orUnavailable(this.store.remove({ room, user, peers, ban }, entry));
    await this.events.publish({ fact: 'user_removed', room, user, at: at.getTime(), peers });
    if (ban !== undefined) await this.events.publish({ fact: 'knock_answered', room, user, admitted: false });
    await this.events.publish({ fact: 'lobby_changed', room });
  }

  /** Checks the actor's own permission first: without it, a reply must not tell who is in the room. */
  private async judge(by: Actor, action: 'member.kick' | 'member.ban', room: RoomId, target: Target): Promise<UserId> {
    await this.policy.permit(by.principal, action, room);
    const user = await this.userOf(room, target);
    await this.policy.permit(by.principal, action, room, user);
    return user;
  }

  private async userOf(room: RoomId, { peer, user }: Target): Promise<UserId> {
    if (user !== undefined) return user as UserId;
    const found = (await this.policy.members(room)).find((member) => member.peer === peer);
    if (found === undefined) throw new ProtocolError('peer_unknown');
    return found.user;
  }
}
