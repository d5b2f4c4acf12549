import {
  CLOSE_CODES,
  type LeftReason,
  type Meta,
  type PeerId,
  ProtocolError,
  type Role,
  type RoomId,
} from '@parley/protocol';
import type { Presence } from '../../presence/presence.js';
import type { Admission } from '../../rooms/room-access.js';
import { runInBatches } from '../cluster/run-in-batches.js';
import type { Session } from '../session/session.js';
import type { SignalingStats } from '../signaling-stats.js';
import type { PeerBinding, RoomHub } from './room-hub.js';
import { deniedPermissions } from './room-roster.js';
import { attachRequest, type RosterSync } from './roster-sync.js';

/** How long a newer socket of the same session on this node has to take the rooms over before they go `away`. */
const TAKEOVER_MS = 2_000;

/** Successful rounds of reconciliation, each after the last command that may come late. */
const UNSETTLED_ROUNDS = 3;
/** Beyond so many, those who left are ended by the resume window instead. */
const MAX_PENDING_LEAVES = 10_000;

/** A join that was let in before a room ended returns within this. */
const ENDED_TTL_MS = 30_000;
/** Rooms that are remembered as over; the oldest go. */
const MAX_ENDED = 10_000;

interface PendingLeave {
  readonly room: RoomId;
  readonly reason: LeftReason;
  readonly attempt: number;
}

/** How local clients come into rooms and out of them. */
export class RoomLifecycle {
  /**
   * Rooms where the store may not know, or may learn too late, what happened here; and for how many more rounds of
   * reconciliation. A round passes over what is younger than its grace, so one is not enough.
   */
  readonly unsettled = new Map<RoomId, number>();
  /** Peers that left while the store was away. */
  private readonly pendingLeaves = new Map<PeerId, PendingLeave>();
  /** Rooms that are over, and that the store has not been told of. */
  private readonly ending = new Set<RoomId>();
  /** Rooms that ended lately, until when that is remembered. */
  private readonly ended = new Map<RoomId, number>();
  private readonly takeovers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly presence: Presence,
    private readonly rooms: RoomHub,
    private readonly sync: RosterSync,
    private readonly stats: SignalingStats,
    private readonly now: () => number,
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
    this.refuseIfEnded(id);
    const { user, name } = session.principal;
    const room = this.rooms.open(id);
    const previous = this.rooms.binding(peer);
    const participant = { peer, user, name, role: admission.role, meta: meta ?? {}, ...deniedPermissions(admission) };
    const binding = this.rooms.bindPeer(session, participant, id);
    // Whoever was told that its leave was not done, and enters again, means to stay.
    this.pendingLeaves.delete(peer);
    room.entering += 1;
    const asked = room.position;
    try {
      const result = await this.presence.attach(
        attachRequest(binding, this.rooms, admission.capacity, meta !== undefined),
      );
      if (result.kind !== 'attached') throw this.refusal(result.kind, session);
      if (this.isEnded(id)) {
        this.sync.publish(result.change);
        await this.end(id);
      }
      this.refuseIfEnded(id);
      if (session.state === 'closed') {
        this.rooms.unbindPeer(peer, session);
        await this.detach(id, peer, session);
        return;
      }
      session.entered(id, peer);
      this.sync.applyAttachResult(room, peer, result, asked);
      const { frame, version } = room.answerJoin({ re, peer, resumed: result.resumed }, result.snapshot);
      room.local.set(peer, { session, version });
      binding.participant = { ...participant, meta: room.find(peer)?.meta ?? participant.meta };
      this.stats[result.resumed ? 'resumes' : 'joins'] += 1;
      session.sendFrame(frame);
      this.rooms.openBinding(binding);
    } catch (error) {
      this.giveUp(binding, previous);
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
    const leaving = { room: id, reason, attempt: session.info.attempt };
    try {
      await this.finishLeave(peer, leaving);
    } catch (error) {
      if (this.pendingLeaves.size < MAX_PENDING_LEAVES) this.pendingLeaves.set(peer, leaving);
      this.unsettle(id);
      throw error;
    } finally {
      this.rooms.closeIfEmpty(id);
    }
  }

  /** The same for a session that came back and did not enter again: its peer may still be there, `away`. */
  async leaveAway(session: Session, id: RoomId, peer: PeerId): Promise<void> {
    const { members } = await this.presence.snapshot(id);
    if (!members.some((member) => member.peer === peer)) return;
    await this.finishLeave(peer, { room: id, reason: 'left', attempt: session.info.attempt });
  }

  /** The role of a peer that the store has in the room; undefined: it is not there. */
  async storedRole(id: RoomId, peer: PeerId): Promise<Role | undefined> {
    return (await this.presence.snapshot(id)).members.find((member) => member.peer === peer)?.role;
  }

  /** Ends everybody's peer in a room that is over: now, or as soon as the store can be asked. Joins under way fail. */
  async end(id: RoomId): Promise<void> {
    this.ended.delete(id);
    this.ended.set(id, this.now() + ENDED_TTL_MS);
    for (const oldest of this.ended.keys()) {
      if (this.ended.size <= MAX_ENDED) break;
      this.ended.delete(oldest);
    }
    if (this.rooms.get(id) === undefined) return;
    if (this.ending.size < MAX_PENDING_LEAVES) this.ending.add(id);
    await this.finishEnd(id);
  }

  /** What could not be done while the store was away. */
  async retryPendingLeaves(): Promise<void> {
    const ends = runInBatches(this.ending, (id) => this.finishEnd(id));
    const leaves = runInBatches(this.pendingLeaves, ([peer, leaving]) => this.finishUnfinished(peer, leaving));
    await Promise.allSettled([ends, leaves]);
    await ends;
    await leaves;
  }

  /** @throws ProtocolError `not_in_room` */
  async update(session: Session, id: RoomId, meta: Meta): Promise<void> {
    const peer = this.rooms.peerOf(session, id);
    const change = await this.presence.update(id, peer, session.connection, meta);
    const binding = this.rooms.binding(peer);
    if (binding?.session === session) binding.participant = { ...binding.participant, meta };
    this.sync.publish(change);
  }

  /** The session's token was renewed, and may name its user differently. */
  renamed(session: Session): Promise<void> {
    return this.sync.rename(session);
  }

  /** The session's socket is gone: its peers are `away`, unless a newer socket here is taking them over. */
  closed(session: Session, succeeded: boolean): void {
    const bindings = [...session.rooms];
    for (const [id, peer] of bindings) this.forget(session, id, peer);
    if (bindings.length === 0) return;
    if (!succeeded) return this.detachAll(session, bindings);
    const timer = setTimeout(() => {
      this.takeovers.delete(timer);
      this.detachAll(session, bindings);
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

  private isEnded(id: RoomId): boolean {
    return (this.ended.get(id) ?? 0) > this.now();
  }

  private refuseIfEnded(id: RoomId): void {
    if (this.isEnded(id)) throw new ProtocolError('room_not_found');
  }

  private async finishEnd(id: RoomId): Promise<void> {
    this.sync.publish(await this.presence.clear(id, 'room_closed'));
    this.ending.delete(id);
  }

  private async finishLeave(peer: PeerId, { room, reason, attempt }: PendingLeave): Promise<void> {
    this.sync.publish(await this.presence.leave(room, peer, reason, attempt));
  }

  private async finishUnfinished(peer: PeerId, leaving: PendingLeave): Promise<void> {
    // It may have entered again while others had their turn.
    if (this.pendingLeaves.get(peer) !== leaving) return;
    await this.finishLeave(peer, leaving);
    this.pendingLeaves.delete(peer);
  }

  private unsettle(id: RoomId): void {
    this.unsettled.set(id, UNSETTLED_ROUNDS);
  }

  private detachAll(session: Session, bindings: [RoomId, PeerId][]): void {
    for (const [id, peer] of bindings) void this.detach(id, peer, session);
  }

  private async detach(id: RoomId, peer: PeerId, session: Session): Promise<void> {
    try {
      this.sync.publish(await this.presence.detach(id, peer, session.connection));
    } catch {
      this.unsettle(id);
    } finally {
      this.rooms.closeIfEmpty(id);
    }
  }

  private forget(session: Session, id: RoomId, peer: PeerId): void {
    session.left(id);
    const room = this.rooms.get(id);
    if (room?.local.get(peer)?.session === session) room.local.delete(peer);
    this.rooms.unbindPeer(peer, session);
  }

  private refusal(kind: 'ended' | 'superseded' | 'full', session: Session): ProtocolError {
    if (kind === 'superseded') {
      // After the answer to the join.
      setImmediate(() => session.close(CLOSE_CODES.superseded, 'a newer socket of this session took over'));
    }
    return new ProtocolError(({ ended: 'session_ended', superseded: 'superseded', full: 'room_full' } as const)[kind]);
  }

  /** The join failed: an earlier place of the same session in the room stays as it was. */
  private giveUp(binding: PeerBinding, previous: PeerBinding | undefined): void {
    if (previous?.session === binding.session && binding.session.rooms.has(binding.room)) {
      binding.participant = previous.participant;
      this.rooms.openBinding(binding);
    } else this.rooms.unbindPeer(binding.peer, binding.session);
  }
}
