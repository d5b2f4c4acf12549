import { Inject, Injectable } from '@nestjs/common';
import { ProtocolError, type RoomId } from '@parley/protocol';
import { AuditStore } from '../audit/audit.store.js';
import { decideForServer, decidePreview, type RoomAction } from '../auth/policy.js';
import type { Principal } from '../auth/principal.js';
import { SECRETS, type Secrets } from '../auth/signing-secret.js';
import { EventOutbox } from '../bus/events/event-outbox.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { newId } from '../ids/new-id.js';
import type { CreateRoomRequest, ListRoomsQuery, UpdateRoomRequest } from './dto/room.requests.js';
import { type Actor, auditEntry } from './moderation/actor.js';
import { KnocksStore } from './moderation/knocks.store.js';
import { RoomCursors } from './room-cursor.js';
import { requireMatch } from './room-etag.js';
import { RoomPolicy } from './room-policy.js';
import { actionsOf, changeOf } from './room-settings.js';
import { type Room, type RoomScope, RoomsStore } from './rooms.store.js';

/** Creates, lists, changes and deletes rooms as the policy allows. */
@Injectable()
export class RoomsService {
  private readonly cursors: RoomCursors;

  constructor(
    private readonly store: RoomsStore,
    private readonly policy: RoomPolicy,
    private readonly events: EventOutbox,
    private readonly audit: AuditStore,
    private readonly knocks: KnocksStore,
    @Inject(SECRETS) secrets: Secrets,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.cursors = new RoomCursors(secrets.sessionKey);
  }

  /** @throws ProtocolError as the policy decides */
  async permit(principal: Principal, action: RoomAction, id: RoomId): Promise<Room> {
    return (await this.policy.permit(principal, action, id)).room;
  }

  async create(principal: Principal, request: CreateRoomRequest): Promise<Room> {
    if (!decideForServer(principal, 'room.create')) throw new ProtocolError('forbidden');
    const room = { id: newId(12), name: request.name, ...changeOf(request), owner: principal.user };
    const { maxOwned } = this.config.rooms;
    const made = await this.store.insert(room, maxOwned);
    if (made === undefined) throw new ProtocolError('too_many_rooms', `A user may own at most ${maxOwned} rooms.`);
    return made;
  }

  /** Rooms that the policy hides are left out, so a page may have fewer than `limit`. */
  async list(principal: Principal, query: ListRoomsQuery): Promise<{ rooms: Room[]; nextCursor: string | null }> {
    const { search, cursor, limit } = query;
    const scope = { user: principal.user, search };
    const after = cursor === undefined ? undefined : this.cursors.read(cursor, scope);
    // One more than requested shows whether there is a next page.
    const found = await this.store.list(visibleTo(principal), search, after, limit + 1);
    const page = found.slice(0, limit);
    const rooms = await this.policy.listed(principal, page);
    const last = page.at(-1);
    const isLastPage = found.length <= limit || last === undefined;
    const nextCursor = isLastPage
      ? null
      : this.cursors.write({ createdAt: last.createdAt.getTime(), id: last.id }, scope);
    return { rooms, nextCursor };
  }

  /** Reads a room's public preview. @throws ProtocolError `room_not_found`, also when the policy hides it */
  async preview(id: RoomId): Promise<Room> {
    const room = await this.store.find(id);
    if (!decidePreview(room) || room === undefined) throw new ProtocolError('room_not_found');
    return room;
  }

  async update(by: Actor, id: RoomId, ifMatch: string | undefined, request: UpdateRoomRequest): Promise<Room> {
    const actions = actionsOf(request);
    let room = await this.permit(by.principal, actions[0], id);
    for (const action of actions.slice(1)) room = await this.permit(by.principal, action, id);
    requireMatch(ifMatch, room.version);
    const change = changeOf(request);
    if (change.access !== undefined && change.access !== 'open' && room.access === 'open')
      await this.admitParticipants(id);
    const changed = await this.store.update(id, room.version, change);
    if (changed === undefined) throw new ProtocolError('precondition_failed');
    await this.audit.write(auditEntry(by, 'room.update', id, null, { fields: Object.keys(change) }));
    await this.events.publish({ fact: 'room_changed', room: id });
    return changed;
  }

  /** Locks or unlocks a room. */
  async lock(by: Actor, id: RoomId, locked: boolean): Promise<Room> {
    await this.permit(by.principal, 'room.lock', id);
    const room = await this.store.set(id, { locked });
    if (room === undefined) throw new ProtocolError('room_not_found');
    await this.audit.write(auditEntry(by, locked ? 'room.lock' : 'room.unlock', id, null));
    await this.events.publish({ fact: 'room_changed', room: id });
    return room;
  }

  /** Deletes a room; every node then removes its peers. */
  async remove(by: Actor, id: RoomId): Promise<void> {
    await this.permit(by.principal, 'room.delete', id);
    await this.store.remove(id);
    await this.audit.write(auditEntry(by, 'room.delete', id, null));
    await this.events.publish({ fact: 'room_closed', room: id });
  }

  /** Admits the current participants when a room stops being open, so that they may rejoin. */
  private async admitParticipants(id: RoomId): Promise<void> {
    const users = new Map((await this.policy.members(id)).map(({ user, name }) => [user, { user, name }]));
    await this.knocks.admitAll(id, [...users.values()]);
  }
}

/** The rooms that a principal's list may include: a token with grants is limited to the rooms that these name. */
const visibleTo = ({ user, kind, grants }: Principal): RoomScope => ({
  member: kind === 'guest' ? undefined : user,
  granted: kind === 'guest' || Object.keys(grants).length > 0 ? Object.keys(grants) : undefined,
});
