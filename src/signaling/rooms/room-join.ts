import { CLOSE_CODES, type LeftReason, type Meta, type PeerId, ProtocolError, type RoomId } from '@parley/protocol';
import type { AttachResult, Presence } from '../../presence/presence.js';
import { chargeAfter } from '../../rate-limit/message-costs.js';
import type { Admission } from '../../rooms/room-access.js';
import type { Session } from '../session/session.js';
import type { SignalingStats } from '../signaling-stats.js';
import type { PeerBinding, RoomHub } from './room-hub.js';
import type { Position, RoomReplica } from './room-replica.js';
import { deniedPermissions } from './room-roster.js';
import { attachRequest, type RosterSync } from './roster-sync.js';

/** The error code of each refusal by the store. */
const REFUSALS = {
  ended: 'session_ended',
  superseded: 'superseded',
  locked: 'room_locked',
  full: 'room_full',
  user_full: 'too_many_peers',
} as const;

/** A request to join, which the client is answered by `re`. */
export interface JoinRequest {
  readonly session: Session;
  readonly room: RoomId;
  readonly peer: PeerId;
  readonly re: string;
  readonly meta: Meta | undefined;
}

interface Attached {
  readonly result: Extract<AttachResult, { kind: 'attached' }>;
  /** The roster's position when the attach was requested. */
  readonly asked: Position;
  readonly resumed: boolean;
}

/** What a join changes on this node. */
interface Opened {
  readonly room: RoomReplica;
  readonly binding: PeerBinding;
  /** The peer's binding before the join. */
  readonly previous: PeerBinding | undefined;
}

/** What `RoomLifecycle` does for a join that ends. */
export interface JoinOwner {
  /** Forgets an unfinished leave of a peer that joins again. */
  cancelPendingLeave(peer: PeerId): void;
  /** Has the next reconciliations compare a room, whether or not a local peer is in it. */
  unsettle(room: RoomId): void;
  /** Ends a peer in the store, now or as soon as the store is available; then it also rejects. */
  endPeer(peer: Pick<JoinRequest, 'session' | 'room' | 'peer'>): Promise<void>;
  /** Marks a peer as `away` in the store. If the store is unavailable, reconciliation does it. */
  detach(room: RoomId, peer: PeerId, session: Session): Promise<void>;
}

/** The parts of the node that a join changes. */
export interface JoinContext {
  readonly presence: Presence;
  readonly rooms: RoomHub;
  readonly sync: RosterSync;
  readonly stats: SignalingStats;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly lifecycle: JoinOwner;
}

/**
 * Joins one local client to a room: binds its peer, attaches it in the store, and then either answers the client or
 * reverts all of it. `AdmissionGuard` calls these steps.
 */
export class RoomJoin {
  private opened: Opened | undefined;
  private attached: Attached | undefined;

  constructor(
    private readonly context: JoinContext,
    private readonly request: JoinRequest,
  ) {}

  get isAttached(): boolean {
    return this.attached !== undefined;
  }

  /**
   * Attaches the peer in the store; called again, it stores the role and permissions of a later admission.
   * @throws ProtocolError `session_ended`, `superseded`, `room_full`, `room_locked`, `too_many_peers`;
   *   PresenceUnavailable
   */
  async attach(admission: Admission): Promise<void> {
    const { presence, rooms, sync } = this.context;
    const previous = this.attached;
    const { room, binding } = this.open(admission);
    if (previous !== undefined) {
      if (admission.returningOnly && !previous.resumed) throw new ProtocolError('room_locked');
      sync.applyAttachResult(room, binding.peer, previous.result, previous.asked);
    }
    const asked = room.position;
    const { capacity, maxPeersPerUser, returningOnly = false } = admission;
    const result = await presence.attach({
      ...attachRequest(binding, rooms, capacity, this.request.meta !== undefined),
      ...{ returningOnly, ...(maxPeersPerUser !== undefined && { maxPeersPerUser }) },
    });
    if (result.kind !== 'attached') throw this.refusal(result.kind);
    this.attached = { result, asked, resumed: previous?.resumed ?? result.resumed };
  }

  /** Answers `joined`, followed by the frames held meanwhile. A client that is gone becomes `away`. */
  async accept(): Promise<void> {
    const { context, request, opened, attached } = this;
    if (opened === undefined || attached === undefined) throw new Error('accepted before it was attached');
    const { session, peer, re } = request;
    const { room, binding } = opened;
    const { result, asked, resumed } = attached;
    if (session.state === 'closed') {
      context.rooms.unbindPeer(peer, session);
      this.close();
      return context.lifecycle.detach(request.room, peer, session);
    }
    session.entered(request.room, peer);
    context.sync.applyAttachResult(room, peer, result, asked);
    const { frame, version } = room.answerJoin({ re, peer, resumed }, result.snapshot);
    room.local.set(peer, { session, version });
    binding.participant = { ...binding.participant, meta: room.find(peer)?.meta ?? binding.participant.meta };
    context.stats[resumed ? 'resumes' : 'joins'] += 1;
    session.sendFrame(frame);
    const caused = { bytes: frame.length, peers: resumed ? 0 : room.members.size };
    chargeAfter(session.requests, context.now(), 'join', caused);
    context.rooms.openBinding(binding);
    this.close();
  }

  /** Reverts the join. A refused peer that is new leaves the room; one that was there before is reconciled. */
  async undo(error: unknown, reason: LeftReason): Promise<boolean> {
    const { context, request, attached } = this;
    if (this.opened === undefined) return false;
    this.unbind(this.opened);
    this.close();
    // A command that timed out may still be executed, when no local peer refers to it any more.
    if (!(error instanceof ProtocolError) || attached?.resumed) context.lifecycle.unsettle(request.room);
    if (attached === undefined) return false;
    context.sync.publish(attached.result.change);
    if (reason === 'left' && !attached.resumed) await context.lifecycle.endPeer(request).catch(() => {});
    return true;
  }

  private open(admission: Admission): Opened {
    const { rooms, lifecycle } = this.context;
    const { session, peer, room: id, meta } = this.request;
    const { user, name } = session.principal;
    const participant = { peer, user, name, role: admission.role, meta: meta ?? {}, ...deniedPermissions(admission) };
    if (this.opened === undefined) {
      const room = rooms.open(id);
      const previous = rooms.binding(peer);
      this.opened = { room, previous, binding: rooms.bindPeer(session, participant, id) };
      // A client that joins again after its leave failed means to stay.
      lifecycle.cancelPendingLeave(peer);
      room.entering += 1;
    } else this.opened.binding.participant = participant;
    return this.opened;
  }

  private close(): void {
    if (this.opened === undefined) return;
    this.opened.room.entering -= 1;
    this.context.rooms.closeIfEmpty(this.request.room);
    this.opened = undefined;
  }

  /** Removes the binding of a failed join; an earlier binding of the same session in the room is kept. */
  private unbind({ binding, previous }: Opened): void {
    const { rooms } = this.context;
    if (previous?.session === binding.session && binding.session.rooms.has(binding.room)) {
      binding.participant = previous.participant;
      rooms.openBinding(binding);
    } else rooms.unbindPeer(binding.peer, binding.session);
  }

  private refusal(kind: keyof typeof REFUSALS): ProtocolError {
    if (kind === 'superseded') {
      const { session } = this.request;
      // Deferred: the error that answers the join must be sent before the close frame.
      setImmediate(() => session.close(CLOSE_CODES.superseded, 'a newer socket of this session took over'));
    }
    return new ProtocolError(REFUSALS[kind]);
  }
}
