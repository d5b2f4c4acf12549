import { ProtocolError, type RoomId, type UserId } from '@parley/protocol';
import type { Bus, ClusterEvent } from '../../bus/bus.js';
import type { Presence } from '../../presence/presence.js';
import type { Moderation } from '../../rooms/moderation/moderation.js';
import type { Admission, RoomAccess } from '../../rooms/room-access.js';
import type { Log } from '../messages/handler-context.js';
import type { LocalRooms, Seat } from '../rooms/room-hub.js';
import { NOWHERE } from '../rooms/room-replica.js';
import { revoked } from '../rooms/room-roster.js';
import { attachRequest, type RosterSync } from '../rooms/roster-sync.js';
import type { WaitingRoom } from './lobby.js';
import type { Expulsion } from './peer-remover.js';
import type { Arrivals } from './pending-joins.js';
import type { Removals } from './removal-cache.js';

/** What the warden needs of its node. */
export interface Wardened {
  readonly presence: Presence;
  readonly rooms: LocalRooms;
  readonly sync: RosterSync;
  readonly removals: Removals;
  readonly arrivals: Arrivals;
  readonly expulsion: Expulsion;
  readonly lobby: WaitingRoom;
  readonly access: RoomAccess;
  readonly moderation: Moderation;
  readonly log: Log;
}

/** What this node does when it hears that people were put out, let in, or made something. */
export class RoomWarden {
  constructor(
    private readonly node: Wardened,
    bus: Bus,
  ) {
    bus.onEvent((event) => this.doing(`the fact ${event.fact}`, this.act(event)));
    node.arrivals.lookAgain = (room, user) => this.doing('what changed during a join', this.reseat(room, user));
  }

  private doing(what: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof ProtocolError)) this.node.log.error(error, `${what} could not be acted on`);
    });
  }

  private async act(event: ClusterEvent): Promise<void> {
    const { removals, expulsion, lobby } = this.node;
    switch (event.fact) {
      case 'user_removed':
        if (!removals.hear(event.room, event.user, event.at, event.peers)) return;
        lobby.answered(event.room, event.user, false);
        return expulsion.user(event.room, event.user, event.peers);
      case 'user_revoked':
        if (!removals.hear(undefined, event.user, event.before)) return;
        return expulsion.away(event.user);
      case 'member_changed':
        this.node.arrivals.note(event.room, event.user);
        return this.reseat(event.room, event.user);
      case 'knock_answered':
        return lobby.answered(event.room, event.user, event.admitted);
      case 'lobby_changed':
        return lobby.show(event.room);
      case 'room_closed':
        return lobby.closed(event.room);
      case 'room_changed':
        await this.tellState(event.room);
        return lobby.askAgain(event.room);
      case 'mute_requested': {
        const seat = this.node.rooms.seat(event.peer);
        if (seat?.room === event.room) seat.session.send({ type: 'mute_requested', room: event.room, by: event.by });
      }
    }
  }

  private async tellState(id: RoomId): Promise<void> {
    const { rooms, moderation } = this.node;
    if (rooms.get(id) === undefined) return;
    const state = await moderation.state(id);
    if (state === undefined) return;
    const frame = JSON.stringify(state);
    for (const { session } of rooms.get(id)?.local.values() ?? []) session.sendFrame(frame);
  }

  /** What a user is, or may do, in a room is another: on their seats at once, then in the roster. */
  private async reseat(id: RoomId, user: UserId): Promise<void> {
    const { rooms, access, lobby } = this.node;
    for (const [peer, { session }] of [...(rooms.get(id)?.local ?? [])]) {
      const seat = rooms.seat(peer);
      if (session.principal.user !== user || seat === undefined) continue;
      try {
        const admission = await access.admit(session.principal, id);
        if (!take(seat, admission)) continue;
        await this.tellRoster(seat);
        await lobby.show(id, session);
      } catch (error) {
        // Whoever may not come in any more and is in stays in: what puts people out says so.
        if (!(error instanceof ProtocolError)) throw error;
      }
    }
  }

  private async tellRoster(seat: Seat): Promise<void> {
    const { presence, rooms, sync } = this.node;
    const request = attachRequest(seat, rooms, Number.MAX_SAFE_INTEGER, false);
    const asked = rooms.get(seat.room)?.position ?? NOWHERE;
    const result = await presence.attach(request);
    const room = rooms.get(seat.room);
    if (result.kind === 'attached' && room !== undefined) sync.take(room, seat.peer, result, asked);
  }
}

/** @returns whether anything is another now */
const take = (seat: Seat, admission: Admission): boolean => {
  const { publish: mayPublish, chat: mayChat, role, ...others } = seat.participant;
  if (role === admission.role && mayPublish === admission.publish && mayChat === admission.chat) return false;
  seat.participant = { ...others, role: admission.role, ...revoked(admission) };
  return true;
};
