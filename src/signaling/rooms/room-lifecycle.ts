import {
  CLOSE_CODES,
  type LeftReason,
  type Meta,
  type PeerId,
  ProtocolError,
  type RoomId,
  type UserId,
} from '@parley/protocol';
import type { AttachResult, Member, Presence } from '../../presence/presence.js';
import type { Admission } from '../../rooms/room-access.js';
import type { Session } from '../session/session.js';
import type { SignalingStats } from '../signaling-stats.js';
import type { PeerBinding, RoomHub } from './room-hub.js';
import { deniedPermissions } from './room-roster.js';
import { attachRequest, type RosterSync } from './roster-sync.js';
import { runInBatches } from './run-in-batches.js';

/** How long a newer local socket of a session may take to join the session's rooms before its peers go `away`. */
const TAKEOVER_MS = 2_000;

/** Successful reconciliations after which no late command can change a room any more. */
const UNSETTLED_ROUNDS = 3;
/** Unfinished leaves to retry; peers beyond this number expire after the resume window instead. */
const MAX_PENDING_LEAVES = 10_000;

/** How long an ended room is remembered: longer than any join that was admitted before its end. */
const ENDED_TTL_MS = 30_000;
/** Ended rooms to remember; the oldest are forgotten first. */
const MAX_ENDED = 10_000;

/** The error code of each refusal by the store. */
const REFUSALS = {
  ended: 'session_ended',
  superseded: 'superseded',
  locked: 'room_locked',
  full: 'room_full',
  user_full: 'too_many_peers',
} as const;

interface PendingLeave {
  readonly room: RoomId;
  readonly reason: LeftReason;
  readonly attempt: number;
}

/** Joins local clients to rooms, takes them out again, and retries what the store could not do. */
export class RoomLifecycle {
  /**
   * Rooms whose stored state may differ from the local one, and the reconciliations still required for each. One is
   * not enough: it skips whatever is younger than the grace time.
   */
  readonly unsettled = new Map<RoomId, number>();
  /** Peers that left while the store was unavailable. */
  private readonly pendingLeaves = new Map<PeerId, PendingLeave>();
  /** Ended rooms that are still to be cleared in the store. */
  private readonly ending = new Set<RoomId>();
  /** Recently ended rooms, and when to forget each, monotonic milliseconds. */
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
   * Attaches the session's peer and answers `joined`, followed by the frames held for it meanwhile.
   * @throws ProtocolError `session_ended`, `superseded`, `room_locked`, `room_full`, `too_many_peers`;
   *   PresenceUnavailable
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
    // A client that joins again after its leave failed means to stay.
    this.pendingLeaves.delete(peer);
    room.entering += 1;
    const asked = room.position;
    try {
      const { returningOnly = false, maxPeersPerUser } = admission;
      const result = await this.presence.attach({
        ...attachRequest(binding, this.rooms, admission.capacity, meta !== undefined),
        ...{ returningOnly, ...(maxPeersPerUser !== undefined && { maxPeersPerUser }) },
      });
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
      // A command that timed out may still be executed, when no local peer refers to it any more.
      if (!(error instanceof ProtocolError)) this.unsettle(id);
      throw error;
    } finally {
      room.entering -= 1;
      this.rooms.closeIfEmpty(id);
    }
  }

  /** Ends the session's peer in a room: locally at once, and in the store as soon as it is available. */
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

  /** Ends the peer of a session that resumed without joining the room: it may still be stored there, as `away`. */
  async leaveAway(session: Session, id: RoomId, peer: PeerId): Promise<void> {
    const { members } = await this.presence.snapshot(id);
    if (!members.some((member) => member.peer === peer)) return;
    await this.finishLeave(peer, { room: id, reason: 'left', attempt: session.info.attempt });
  }

  /**
   * Reads from the store the peer that a user returns to: this one, or another one of theirs that is `away`.
   * @returns undefined when there is none
   */
  async storedPeer(id: RoomId, peer: PeerId, user: UserId): Promise<Member | undefined> {
    const { members } = await this.presence.snapshot(id);
    return (
      members.find((member) => member.peer === peer) ??
      members.find((member) => member.user === user && member.state === 'away')
    );
  }

  /** Ends all peers of a closed room, now or as soon as the store is available. Joins in flight fail. */
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

  /** Retries the leaves and room endings that failed while the store was unavailable. */
  async retryPendingLeaves(): Promise<void> {
    const ends = runInBatches(this.ending, (id) => this.finishEnd(id));
    const leaves = runInBatches(this.pendingLeaves, ([peer, leaving]) => this.finishUnfinished(peer, leaving));
    await Promise.allSettled([ends, leaves]);
    await ends;
    await leaves;
  }

  /** Replaces the data of the session's peer. @throws ProtocolError `not_in_room` */
  async update(session: Session, id: RoomId, meta: Meta): Promise<void> {
    const peer = this.rooms.peerOf(session, id);
    const change = await this.presence.update(id, peer, session.connection, meta);
    const binding = this.rooms.binding(peer);
    if (binding?.session === session) binding.participant = { ...binding.participant, meta };
    this.sync.publish(change);
  }

  /** Publishes the user's name from a refreshed token. */
  renamed(session: Session): Promise<void> {
    return this.sync.rename(session);
  }

  /** Marks the peers of a closed socket as `away`, unless a newer socket on this node is taking them over. */
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

  /** Counts one successful reconciliation of a room. */
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
    // The peer may have joined again while other leaves were retried.
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

  private refusal(kind: Exclude<AttachResult['kind'], 'attached'>, session: Session): ProtocolError {
    if (kind === 'superseded') {
      // Deferred: the error that answers the join must be sent before the close frame.
      setImmediate(() => session.close(CLOSE_CODES.superseded, 'a newer socket of this session took over'));
    }
    return new ProtocolError(REFUSALS[kind]);
  }

  /** Undoes the binding of a failed join; an earlier binding of the same session in the room is kept. */
  private giveUp(binding: PeerBinding, previous: PeerBinding | undefined): void {
    if (previous?.session === binding.session && binding.session.rooms.has(binding.room)) {
      binding.participant = previous.participant;
      this.rooms.openBinding(binding);
    } else this.rooms.unbindPeer(binding.peer, binding.session);
  }
}
