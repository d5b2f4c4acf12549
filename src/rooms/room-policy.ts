import { Inject, Injectable } from '@nestjs/common';
import { ProtocolError, type Role, type RoomId } from '@parley/protocol';
import { type AccessAttributes, type Decision, decide, highest, type RoomAction } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';
import { refusalOf } from '../auth/refusal.js';
import { orUnavailable } from '../database/database-errors.js';
import { type Member, type Presence, PresenceUnavailable } from '../presence/presence.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { PolicyFacts, type RoomAndStanding } from './policy-facts.js';
import { RoomAccessRecordsStore } from './room-access-records.store.js';
import type { Room } from './rooms.store.js';

/** A permitted action: the room, and the principal's role in it. */
export interface Permission {
  readonly room: Room;
  readonly role: Role;
}

/** Evaluates the policy with uncached data from the database, for every action that changes something. */
@Injectable()
export class RoomPolicy {
  constructor(
    private readonly facts: PolicyFacts,
    private readonly records: RoomAccessRecordsStore,
    @Inject(PRESENCE) private readonly presence: Presence,
  ) {}

  /**
   * Requires the policy to allow an action.
   * @param target the user that the action affects
   * @throws ProtocolError as the policy decides
   */
  permit(principal: Principal, action: RoomAction, id: RoomId, target?: string): Promise<Permission> {
    return orUnavailable(this.ask(principal, action, id, target));
  }

  /** The rooms among those given that a list may show to this principal. */
  async listed(principal: Principal, rooms: readonly Room[]): Promise<Room[]> {
    const attributes = await orUnavailable(this.facts.ofRooms(principal.user, rooms));
    return rooms.filter((_, n) => decide(principal, 'room.list', attributes[n] as RoomAndStanding).allowed);
  }

  /** The room's current participants; empty while presence is unavailable. */
  async members(id: RoomId): Promise<readonly Member[]> {
    try {
      return (await this.presence.snapshot(id)).members;
    } catch (error) {
      if (error instanceof PresenceUnavailable) return [];
      throw error;
    }
  }

  private async ask(principal: Principal, action: RoomAction, id: RoomId, target?: string): Promise<Permission> {
    const attributes = await this.facts.of(principal.user, id);
    const { room } = attributes;
    const about =
      target === undefined || room === undefined ? undefined : { user: target, role: await this.roleOf(room, target) };
    const decision = await this.decideWithPresence(principal, action, { ...attributes, target: about });
    if (!decision.allowed || room === undefined) {
      if (decision.allowed) throw new ProtocolError('room_not_found');
      throw refusalOf(decision.code, principal, attributes.removedAt);
    }
    return { room, role: decision.role };
  }

  /** A lock refuses users who are not in the room; presence is read only when that decides. @throws PresenceUnavailable */
  private async decideWithPresence(by: Principal, action: RoomAction, attributes: AccessAttributes): Promise<Decision> {
    const decision = decide(by, action, attributes);
    if (decision.allowed || decision.code !== 'room_locked' || attributes.room === undefined) return decision;
    const { members } = await this.presence.snapshot(attributes.room.id as RoomId);
    const present = members.some(({ user }) => user === by.user);
    return present ? decide(by, action, { ...attributes, present }) : decision;
  }

  /** The role of a user without their token: from membership, or from the roster. */
  private async roleOf(room: Room, user: string): Promise<Role> {
    if (room.owner === user) return 'owner';
    const { membership } = await this.records.find(room.id, user);
    const seen = (await this.members(room.id as RoomId)).filter((member) => member.user === user);
    return highest([membership, ...seen.map(({ role }) => role)]) ?? 'guest';
  }
}
