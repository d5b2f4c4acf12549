import { Inject, Injectable } from '@nestjs/common';
import { ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import { decideForServer } from '../../auth/policy.js';
import { EventOutbox } from '../../bus/events/event-outbox.js';
import type { Config } from '../../config/config.js';
import { CONFIG } from '../../config/config.module.js';
import { orUnavailable } from '../../database/database-errors.js';
import { RoomPolicy } from '../room-policy.js';
import { type Actor, auditEntry } from './actor.js';
import { type Transfer, TransfersStore } from './transfers.store.js';

/** How long an offer waits for an answer: a week. */
const OFFER_SECONDS = 604_800;
/** Maximum number of offers that wait for one user; owners of further rooms get `conflict`. */
const MAX_OFFERS = 20;

/** Offers rooms to members, who become their owners only when they accept. */
@Injectable()
export class TransfersService {
  constructor(
    private readonly store: TransfersStore,
    private readonly policy: RoomPolicy,
    private readonly events: EventOutbox,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws ProtocolError `not_found`: the user is no member; `conflict`; and as the policy decides */
  async offer(by: Actor, room: RoomId, to: string): Promise<Transfer> {
    const { room: found } = await this.policy.permit(by.principal, 'room.transfer', room);
    const from = found.owner;
    if (from === null || to === from) throw new ProtocolError('conflict');
    const limits = { max: MAX_OFFERS, seconds: OFFER_SECONDS };
    const entry = auditEntry(by, 'room.transfer_offer', room, to);
    const result = await orUnavailable(this.store.offer({ room, from, to }, limits, entry));
    if (result === 'not_member') throw new ProtocolError('not_found', 'The user is not a member of the room.');
    if (result === 'too_many') throw new ProtocolError('conflict', 'Too many offers wait for this user.');
    await this.publishOffer(room);
    const offer = await orUnavailable(this.store.find(room));
    if (offer === undefined) throw new ProtocolError('conflict');
    return offer;
  }

  /** The current offer of a room, for its owner and for the member whom it is for. @throws ProtocolError `not_found` */
  async read(by: Actor, room: RoomId): Promise<Transfer> {
    await this.policy.permit(by.principal, 'transfer.read', room);
    const offer = await orUnavailable(this.store.find(room));
    if (offer === undefined || ![offer.from, offer.to].includes(by.principal.user))
      throw new ProtocolError('not_found');
    return offer;
  }

  /** The offers that wait for the caller's answer. @throws ProtocolError `forbidden` for guests */
  async list(by: Actor): Promise<Transfer[]> {
    if (!decideForServer(by.principal, 'transfer.list')) throw new ProtocolError('forbidden');
    return orUnavailable(this.store.list(by.principal.user));
  }

  /** Withdraws an offer. @throws ProtocolError `not_found` */
  async withdraw(by: Actor, room: RoomId): Promise<void> {
    await this.policy.permit(by.principal, 'room.transfer', room);
    const offer = await orUnavailable(this.store.find(room));
    if (offer === undefined) throw new ProtocolError('not_found');
    await this.end(room, offer.to, auditEntry(by, 'room.transfer_withdraw', room, offer.to));
  }

  /** @throws ProtocolError `not_found`, `too_many_rooms`, and as the policy decides */
  async accept(by: Actor, room: RoomId): Promise<void> {
    await this.policy.permit(by.principal, 'transfer.answer', room);
    const { user } = by.principal;
    const { maxOwned } = this.config.rooms;
    const entry = auditEntry(by, 'room.transfer', room, null);
    const result = await orUnavailable(this.store.accept(room, user, maxOwned, entry));
    if (result === 'none') throw new ProtocolError('not_found');
    if (result === 'too_many') throw new ProtocolError('too_many_rooms', `A user may own at most ${maxOwned} rooms.`);
    await this.publishOffer(room);
    for (const changed of [result.from, user]) {
      await this.events.publish({ fact: 'member_changed', room, user: changed as UserId });
    }
  }

  /** @throws ProtocolError `not_found`, and as the policy decides */
  async decline(by: Actor, room: RoomId): Promise<void> {
    await this.policy.permit(by.principal, 'transfer.answer', room);
    await this.end(room, by.principal.user, auditEntry(by, 'room.transfer_decline', room, null));
  }

  private async end(room: RoomId, to: string, entry: ReturnType<typeof auditEntry>): Promise<void> {
    if (!(await orUnavailable(this.store.end(room, to, entry)))) throw new ProtocolError('not_found');
    await this.publishOffer(room);
  }

  /** Every client in the room gets `room`, and may look for an offer. */
  private publishOffer(room: RoomId): Promise<void> {
    return this.events.publish({ fact: 'room_changed', room });
  }
}
