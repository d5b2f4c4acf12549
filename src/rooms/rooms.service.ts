import { Inject, Injectable } from '@nestjs/common';
import { ProtocolError, type RoomId } from '@parley/protocol';
import { decide, type RoomAction } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';
import { SECRETS, type Secrets } from '../auth/signing-secret.js';
import { Announcer } from '../bus/announcer.js';
import { newId } from '../database/new-id.js';
import type { CreateRoomRequest, ListRoomsQuery, UpdateRoomRequest } from './dto/room.requests.js';
import { RoomCursors } from './room-cursor.js';
import { requireMatch } from './room-etag.js';
import { type Room, type RoomScope, RoomsStore } from './rooms.store.js';

/** Rooms that one user may own. */
const MOST_OWNED = 50;

/** Rooms, made and changed by those who may. */
@Injectable()
export class RoomsService {
  private readonly cursors: RoomCursors;

  constructor(
    private readonly store: RoomsStore,
    private readonly announcer: Announcer,
    @Inject(SECRETS) secrets: Secrets,
  ) {
    this.cursors = new RoomCursors(secrets.sessionKey);
  }

  /** @throws ProtocolError `room_not_found`, `forbidden`, `guests_not_allowed` */
  async permit(principal: Principal, action: RoomAction, id: RoomId): Promise<Room> {
    const room = await this.store.find(id);
    const membership = room === undefined ? undefined : await this.store.membership(id, principal.user);
    const decision = decide(principal, action, { room, membership });
    if (!decision.allowed || room === undefined) {
      throw new ProtocolError(decision.allowed ? 'room_not_found' : decision.code);
    }
    return room;
  }

  async create(principal: Principal, request: CreateRoomRequest): Promise<Room> {
    if (principal.kind === 'guest') throw new ProtocolError('forbidden');
    const { name, guestsAllowed = true, listed = true, capacity = null, metadata = {} } = request;
    const room = { id: newId(12), name, owner: principal.user, guestsAllowed, listed, capacity, metadata };
    const made = await this.store.insert(room, MOST_OWNED);
    if (made === undefined) throw new ProtocolError('too_many_rooms', `A user may own ${MOST_OWNED} rooms.`);
    return made;
  }

  async list(principal: Principal, query: ListRoomsQuery): Promise<{ rooms: Room[]; nextCursor: string | null }> {
    const { search, cursor, limit } = query;
    const scope = { user: principal.user, search };
    const after = cursor === undefined ? undefined : this.cursors.read(cursor, scope);
    // One more than asked for tells whether there are more.
    const found = await this.store.list(visibleTo(principal), search, after, limit + 1);
    const rooms = found.slice(0, limit);
    const last = rooms.at(-1);
    const isLastPage = found.length <= limit || last === undefined;
    const nextCursor = isLastPage
      ? null
      : this.cursors.write({ createdAt: last.createdAt.getTime(), id: last.id }, scope);
    return { rooms, nextCursor };
  }

  /** For anybody who was sent a link. Rooms that grants made are not shown. */
  async preview(id: RoomId): Promise<Room> {
    const room = await this.store.find(id);
    if (room === undefined || room.owner === null) throw new ProtocolError('room_not_found');
    return room;
  }

  async update(
    principal: Principal,
    id: RoomId,
    ifMatch: string | undefined,
    change: UpdateRoomRequest,
  ): Promise<Room> {
    const room = await this.permit(principal, 'room.update', id);
    requireMatch(ifMatch, room.version);
    const { name, guestsAllowed, listed, capacity, metadata } = change;
    const given = Object.entries({ name, guestsAllowed, listed, capacity, metadata }).filter(
      ([, v]) => v !== undefined,
    );
    const changed = await this.store.update(id, room.version, Object.fromEntries(given));
    if (changed === undefined) throw new ProtocolError('precondition_failed');
    await this.announcer.tell({ fact: 'room_changed', room: id });
    return changed;
  }

  /** Ends the room: its row is gone, and every node ends its peers. */
  async remove(principal: Principal, id: RoomId): Promise<void> {
    await this.permit(principal, 'room.delete', id);
    await this.store.remove(id);
    await this.announcer.tell({ fact: 'room_closed', room: id });
  }
}

/** Whom the list shows what: a token that names rooms shows these alone, as the policy lets in to these alone. */
const visibleTo = ({ user, kind, grants }: Principal): RoomScope => ({
  member: kind === 'guest' ? undefined : user,
  granted: kind === 'guest' || Object.keys(grants).length > 0 ? Object.keys(grants) : undefined,
});
