import { CLOSE_CODES, type LeftReason, type Meta, type PeerId, ProtocolError, type RoomId } from '@parley/protocol';
import type { Presence } from '../presence/presence.js';
import type { Admission } from '../rooms/room-access.js';
import { toParticipant } from './local-room.js';
import type { LocalRooms, Seat } from './local-rooms.js';
import { attachRequest, type RosterSync } from './roster-sync.js';
import type { Session } from './session.js';
import type { SignalingStats } from './signaling-stats.js';

/** How long a newer socket of the same session on this node has to take the rooms over before they go `away`. */
const TAKEOVER_MS = 2_000;

/** Successful rounds of reconciliation, each after the last command that may come late. */
const UNSETTLED_ROUNDS = 3;
/** Beyond so many, those who left are ended by the resume window instead. */
const MAX_UNFINISHED = 10_000;

interface Leaving {
  readonly room: RoomId;
  readonly reason: LeftReason;
  readonly attempt: number;
}

/** How local clients come into rooms and out of them. */
export class Membership {
  /**
   * Rooms where the store may not know, or may learn too late, what happened here; and for how many more rounds of
   * reconciliation. A round passes over what is younger than its grace, so one is not enough.
   */
  readonly unsettled = new Map<RoomId, number>();
  /** Peers that left while the store was away. */
  private readonly unfinished = new Map<PeerId, Leaving>();
  private readonly takeovers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly presence: Presence,
    private readonly rooms: LocalRooms,
    private readonly sync: RosterSync,
    private readonly stats: SignalingStats,
  ) {}

  /**
   * Attaches the session's peer and answers `joined`; frames for it that came meanwhile follow.
   * @throws ProtocolError `session_ended`, `superseded`, `room_full`; PresenceUnavailable
   */
  async join(
    session: Session,
    id: RoomId,
    peer: PeerId,
    admission: Admission,
    re: string,
    meta: Meta | undefined,
  ): Promise<void> {
    const { user, name } = session.principal;
    const room = this.rooms.open(id);
    const participant = { peer, user, name, role: admission.role, meta: meta ?? {} };
    const seat = this.rooms.takeSeat(session, participant, id);
    room.entering += 1;
    try {
      const result = await this.presence.attach(
        attachRequest(seat, this.rooms, admission.capacity, meta !== undefined),
      );
      if (result.kind !== 'attached') throw this.refusal(result.kind, session);
      if (session.state === 'closed') {
        this.rooms.releaseSeat(peer, session);
        await this.detach(id, peer, session);
        return;
      }
      session.rooms.set(id, peer);
      this.sync.take(room, peer, result);
      const { snapshot } = result;
      room.local.set(peer, { session, version: snapshot.version });
      seat.participant = { ...participant, meta: room.find(peer)?.meta ?? participant.meta };
      this.stats[result.resumed ? 'resumes' : 'joins'] += 1;
      session.send({
        type: 'joined',
        re,
        room: id,
        peer,
        resumed: result.resumed,
        epoch: snapshot.epoch,
        version: snapshot.version,
        participants: snapshot.members.map(toParticipant),
      });
      this.rooms.openSeat(seat);
    } catch (error) {
      this.giveUp(seat);
      // A command that was given up may be executed all the same, after everybody here forgot of it.
      if (!(error instanceof ProtocolError)) this.unsettle(id);
      throw error;
    } finally {
      room.entering -= 1;
      this.rooms.closeIfEmpty(id);
    }
  }

  /** Ends the session's peer in a room: here at once, and in the store as soon as it can be asked. */
  async leave(session: Session, id: RoomId, reason: LeftReason = 'left'): Promise<void> {
    const peer = session.rooms.get(id);
    if (peer === undefined) return;
    this.forget(session, id, peer);
    const leaving = { room: id, reason, attempt: session.attachment.attempt };
    try {
      await this.finishLeave(peer, leaving);
    } catch (error) {
      if (this.unfinished.size < MAX_UNFINISHED) this.unfinished.set(peer, leaving);
      this.unsettle(id);
      throw error;
    } finally {
      this.rooms.closeIfEmpty(id);
    }
  }

  /** What could not be done while the store was away. */
  async finish(): Promise<void> {
    for (const [peer, leaving] of [...this.unfinished]) {
      await this.finishLeave(peer, leaving);
      this.unfinished.delete(peer);
    }
  }

  /** @throws ProtocolError `not_in_room` */
  async update(session: Session, id: RoomId, meta: Meta): Promise<void> {
    const peer = this.rooms.peerOf(session, id);
    const change = await this.presence.update(id, peer, session.connection, meta);
    const seat = this.rooms.seat(peer);
    if (seat?.session === session) seat.participant = { ...seat.participant, meta };
    this.sync.spread(change);
  }

  /** The session's socket is gone: its peers are `away`, unless a newer socket here is taking them over. */
  closed(session: Session, succeeded: boolean): void {
    const seats = [...session.rooms];
    for (const [id, peer] of seats) this.forget(session, id, peer);
    if (seats.length === 0) return;
    if (!succeeded) return this.detachAll(session, seats);
    const timer = setTimeout(() => {
      this.takeovers.delete(timer);
      this.detachAll(session, seats);
    }, TAKEOVER_MS);
    this.takeovers.add(timer);
  }

  close(): void {
    for (const timer of this.takeovers) clearTimeout(timer);
    this.takeovers.clear();
  }

  /** The room was reconciled once. */
  settled(id: RoomId): void {
    const rounds = this.unsettled.get(id) ?? 0;
    if (rounds > 1) this.unsettled.set(id, rounds - 1);
    else this.unsettled.delete(id);
  }

  private async finishLeave(peer: PeerId, { room, reason, attempt }: Leaving): Promise<void> {
    this.sync.spread(await this.presence.leave(room, peer, reason, attempt));
  }

  private unsettle(id: RoomId): void {
    this.unsettled.set(id, UNSETTLED_ROUNDS);
  }

  private detachAll(session: Session, seats: [RoomId, PeerId][]): void {
    for (const [id, peer] of seats) void this.detach(id, peer, session);
  }

  private async detach(id: RoomId, peer: PeerId, session: Session): Promise<void> {
    try {
      this.sync.spread(await this.presence.detach(id, peer, session.connection));
    } catch {
      this.unsettle(id);
    } finally {
      this.rooms.closeIfEmpty(id);
    }
  }

  private forget(session: Session, id: RoomId, peer: PeerId): void {
    session.rooms.delete(id);
    const room = this.rooms.get(id);
    if (room?.local.get(peer)?.session === session) room.local.delete(peer);
    this.rooms.releaseSeat(peer, session);
  }

  private refusal(kind: 'ended' | 'superseded' | 'full', session: Session): ProtocolError {
    if (kind === 'superseded') {
      // After the answer to the join.
      setImmediate(() => session.close(CLOSE_CODES.superseded, 'a newer socket of this session took over'));
    }
    return new ProtocolError(({ ended: 'session_ended', superseded: 'superseded', full: 'room_full' } as const)[kind]);
  }

  /** The join failed: an earlier place of the same session in the room stays as it was. */
  private giveUp(seat: Seat): void {
    if (seat.session.rooms.has(seat.room)) this.rooms.openSeat(seat);
    else this.rooms.releaseSeat(seat.peer, seat.session);
  }
}
