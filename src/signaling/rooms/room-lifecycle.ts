import type { LeftReason, Meta, PeerId, RoomId, UserId } from '@parley/protocol';
import type { Member, Presence } from '../../presence/presence.js';
import type { Session } from '../session/session.js';
import type { SignalingStats } from '../signaling-stats.js';
import type { RoomHub } from './room-hub.js';
import { type JoinOwner, type JoinRequest, RoomJoin } from './room-join.js';
import type { RosterSync } from './roster-sync.js';
import { runInBatches } from './run-in-batches.js';

/** How long a newer local socket of a session may take to join the session's rooms before its peers go `away`. */
const TAKEOVER_MS = 2_000;

/** Successful reconciliations after which no late command can change a room any more. */
const UNSETTLED_ROUNDS = 3;
/** Unfinished leaves to retry; peers beyond this number expire after the resume window instead. */
const MAX_PENDING_LEAVES = 10_000;

interface PendingLeave {
  readonly room: RoomId;
  readonly reason: LeftReason;
  readonly attempt: number;
}

/** Joins local clients to rooms, takes them out again, and retries what the store could not do. */
export class RoomLifecycle implements JoinOwner {
  /**
   * Rooms whose stored state may differ from the local one, and the reconciliations still required for each. One is
   * not enough: it skips whatever is younger than the grace time.
   */
  readonly unsettled = new Map<RoomId, number>();
  /** Peers that left while the store was unavailable. */
  private readonly pendingLeaves = new Map<PeerId, PendingLeave>();
  /** Ended rooms that are still to be cleared in the store. */
  private readonly ending = new Set<RoomId>();
  private readonly takeovers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly presence: Presence,
    private readonly rooms: RoomHub,
    private readonly sync: RosterSync,
    private readonly stats: SignalingStats,
    private readonly now: () => number,
  ) {}

  /** Prepares a join, whose steps `AdmissionGuard` calls. */
  join(request: JoinRequest): RoomJoin {
    const { presence, rooms, sync, stats, now } = this;
    return new RoomJoin({ presence, rooms, sync, stats, now, lifecycle: this }, request);
  }

  /** Ends the session's peer in a room: locally at once, and in the store as soon as it is available. */
  async leave(session: Session, id: RoomId, reason: LeftReason = 'left'): Promise<void> {
    const peer = session.rooms.get(id);
    if (peer === undefined) return;
    this.forget(session, id, peer);
    await this.endPeer({ session, room: id, peer }, reason);
  }

  /** Ends a peer in the store, now or as soon as the store is available; then it also rejects. */
  async endPeer(
    { session, room, peer }: Pick<JoinRequest, 'session' | 'room' | 'peer'>,
    reason: LeftReason = 'left',
  ): Promise<void> {
    const leaving = { room, reason, attempt: session.info.attempt };
    try {
      await this.finishLeave(peer, leaving);
    } catch (error) {
      if (this.pendingLeaves.size < MAX_PENDING_LEAVES) this.pendingLeaves.set(peer, leaving);
      this.unsettle(room);
      throw error;
    } finally {
      this.rooms.closeIfEmpty(room);
    }
  }

  /** Forgets an unfinished leave of a peer that joins again. */
  cancelPendingLeave(peer: PeerId): void {
    this.pendingLeaves.delete(peer);
  }

  /** Ends the peer of a session that resumed without joining the room: it may still be stored there, as `away`. */
  async leaveAway(session: Session, id: RoomId, peer: PeerId): Promise<void> {
    if ((await this.presence.find(id, peer)) === undefined) return;
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

  /** Ends all peers of a closed room, now or as soon as the store is available. */
  async end(id: RoomId): Promise<void> {
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
    return this.sync.publishOwn(session);
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

  /** Has the next reconciliations compare a room, whether or not a local peer is in it. */
  unsettle(id: RoomId): void {
    this.unsettled.set(id, UNSETTLED_ROUNDS);
  }

  private detachAll(session: Session, bindings: [RoomId, PeerId][]): void {
    for (const [id, peer] of bindings) void this.detach(id, peer, session);
  }

  /** Marks a peer as `away` in the store. If the store is unavailable, reconciliation does it. */
  async detach(id: RoomId, peer: PeerId, session: Session): Promise<void> {
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
}
