import { Injectable } from '@nestjs/common';
import { type Knock, ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import type { Principal } from '../../auth/principal.js';
import { EventOutbox } from '../../bus/events/event-outbox.js';
import { orUnavailable } from '../../database/database-errors.js';
import { RoomPolicy } from '../room-policy.js';
import { type Actor, auditEntry } from './actor.js';
import { KnocksStore } from './knocks.store.js';

/** Maximum number of users waiting for one room. */
const MAX_WAITING = 200;

/** Manages lobbies: knocks, and moderators' answers to them. */
@Injectable()
export class LobbyService {
  constructor(
    private readonly store: KnocksStore,
    private readonly policy: RoomPolicy,
    private readonly events: EventOutbox,
  ) {}

  /**
   * Adds a user to the lobby after `admission_required`.
   * @param holder the waiting connection
   * @throws ProtocolError `lobby_full`
   */
  async knock({ user, name }: Principal, room: RoomId, holder: string): Promise<'waiting' | 'admitted'> {
    const result = await orUnavailable(this.store.knock({ room, user, name, holder }, MAX_WAITING));
    if (result === 'full') throw new ProtocolError('lobby_full', undefined, { retryAfterMs: 10_000 });
    if (result === 'waiting') await this.changed(room);
    return result;
  }

  async withdraw(room: RoomId, user: UserId, holder: string): Promise<void> {
    if (await this.store.withdraw(room, user, holder)) await this.changed(room);
  }

  keep(room: RoomId, user: UserId): Promise<void> {
    return this.store.keep(room, user);
  }

  /** Lists knocks without a policy check, for the gateway, which sends them to moderators only. */
  knocks(room: RoomId): Promise<Knock[]> {
    return orUnavailable(this.store.list(room));
  }

  async list(by: Actor, room: RoomId): Promise<Knock[]> {
    await this.policy.permit(by.principal, 'lobby.answer', room);
    return this.knocks(room);
  }

  /** @throws ProtocolError `not_found`: no waiting user has this knock id; and as the policy decides */
  async answer(by: Actor, room: RoomId, knock: string, admit: boolean): Promise<void> {
    await this.policy.permit(by.principal, 'lobby.answer', room);
    const user = await orUnavailable(this.store.find(room, knock));
    if (user === undefined) throw new ProtocolError('not_found', 'No waiting user has this knock id.');
    const entry = auditEntry(by, admit ? 'lobby.admit' : 'lobby.deny', room, user);
    const first = await orUnavailable(this.store.answer(room, knock, admit, entry));
    if (!first) throw new ProtocolError('not_found', 'No waiting user has this knock id.');
    await this.events.publish({ fact: 'knock_answered', room, user: user as UserId, admitted: admit });
    await this.changed(room);
  }

  private changed(room: RoomId): Promise<void> {
    return this.events.publish({ fact: 'lobby_changed', room });
  }
}
