import { CLOSE_CODES, type Participant, type PeerId, type RoomId } from '@parley/protocol';
import type { Bus } from '../../bus/bus.js';
import type { AttachRequest, AttachResult, Change, Presence, Snapshot } from '../../presence/presence.js';
import { encodeNodeMessage } from '../codec/node-message.js';
import type { AdmissionGuard } from '../moderation/admission-guard.js';
import type { Session } from '../session/session.js';
import type { SignalingStats } from '../signaling-stats.js';
import type { PeerBinding, RoomHub } from './room-hub.js';
import { isBehind, NOWHERE, type Position, type RoomReplica } from './room-replica.js';

type Rights = Pick<Participant, 'role' | 'publish' | 'chat'>;

/** How long a missing version may be in transit before a snapshot is requested. */
const SETTLE_MS = 250;

/**
 * Keeps the rosters of this node in sync: publishes local changes, applies those of other nodes, requests a snapshot
 * when one is missing, and attaches local peers again that the store has lost.
 */
export class RosterSync {
  private readonly refreshing = new Set<RoomId>();
  private readonly settling = new Set<RoomId>();
  private readonly reattaching = new Set<PeerId>();

  constructor(
    private readonly presence: Presence,
    private readonly bus: Bus,
    private readonly rooms: RoomHub,
    private readonly stats: SignalingStats,
    private readonly admissions: AdmissionGuard,
  ) {}

  /** Publishes a change made by this node to all nodes of the room, and applies it locally. */
  publish(change: Change | undefined): void {
    if (change === undefined || change.events.length === 0) return;
    const others = change.nodes.filter((node) => node !== this.rooms.node);
    if (others.length > 0) {
      const message = encodeNodeMessage({ kind: 'change', change });
      // A node that misses it, because the bus is unavailable, notices when it reconciles.
      for (const node of others) this.bus.send(node, message);
    }
    this.apply(change);
  }

  /** Applies a change of any node to the local roster. */
  apply(change: Change): void {
    const room = this.rooms.get(change.room);
    if (room === undefined) return;
    const events = room.apply(change);
    if (events === 'gap') return void this.refresh(change.room);
    if (events === 'early') return this.settle(change.room, change.epoch, change.version);
    for (const event of events) {
      if (event.event === 'left') this.evict(room, event.peer, event.reason === 'left' ? 'removed' : event.reason);
      else if (event.event === 'away') void this.reattach(room, event.peer);
    }
  }

  /** Requests a snapshot if the room has not reached this version within {@link SETTLE_MS}. */
  settle(id: RoomId, epoch: string, version: number): void {
    if (this.settling.has(id)) return;
    const timer = setTimeout(() => {
      this.settling.delete(id);
      const room = this.rooms.get(id);
      if (room !== undefined && (room.epoch !== epoch || room.version < version || room.isBehind))
        void this.refresh(id);
    }, SETTLE_MS);
    timer.unref();
    this.settling.add(id);
  }

  /**
   * Applies the result of an attach by this node: its change if it follows the local roster, otherwise its snapshot.
   * @param asked the roster's position when the attach was requested
   */
  applyAttachResult(
    room: RoomReplica,
    peer: PeerId,
    result: Extract<AttachResult, { kind: 'attached' }>,
    asked: Position,
  ): void {
    const { change, snapshot, replaced } = result;
    if (replaced !== undefined && replaced.node !== this.rooms.node) {
      const { node, connection } = replaced;
      this.bus.send(node, encodeNodeMessage({ kind: 'replaced', peer, connection }));
    }
    if (room.epoch !== snapshot.epoch || isBehind(snapshot, asked)) this.replace(room, snapshot, asked);
    this.publish(change);
    room.learnEarly(snapshot);
    if (room.version < snapshot.version) this.settle(room.id, snapshot.epoch, snapshot.version);
  }

  /** Requests a snapshot of a room, one at a time per room. */
  async refresh(id: RoomId): Promise<void> {
    if (this.refreshing.has(id)) return;
    this.refreshing.add(id);
    const asked = this.rooms.get(id)?.position ?? NOWHERE;
    try {
      const snapshot = await this.presence.snapshot(id);
      this.stats.rosterSnapshots += 1;
      const room = this.rooms.get(id);
      if (room !== undefined) this.replace(room, snapshot, asked);
    } catch {
      // The store is unavailable; the next reconciliation asks again.
    } finally {
      this.refreshing.delete(id);
    }
  }

  /**
   * Publishes the current name, role and permissions of a session's peers where the roster shows others. If the store is
   * unavailable, reconciliation repeats it.
   */
  async publishOwn({ rooms, principal }: Session): Promise<void> {
    for (const [id, peer] of [...rooms]) {
      const room = this.rooms.get(id);
      const shown = room?.find(peer);
      const own = this.rooms.binding(peer)?.participant;
      if (room === undefined || shown === undefined || own === undefined) continue;
      if (shown.name !== principal.name || !hasSameRights(shown, own)) await this.reattach(room, peer);
    }
  }

  /** Attaches a local peer again whose stored entry is missing or differs. */
  async reattach(room: RoomReplica, peer: PeerId): Promise<void> {
    const binding = this.rooms.binding(peer);
    if (binding === undefined || binding.held !== undefined || !room.local.has(peer)) return;
    if (binding.session.state === 'closed' || this.reattaching.has(peer)) return;
    this.reattaching.add(peer);
    try {
      const kind = await this.attachAgain(room, binding);
      if (kind === 'ended') this.evict(room, peer, 'expired');
      else if (kind === 'superseded') {
        binding.session.close(CLOSE_CODES.superseded, 'a newer socket of this session took over');
      }
    } catch {
      // The store is unavailable; the next reconciliation tries again.
    } finally {
      this.reattaching.delete(peer);
    }
  }

  /**
   * Attaches a peer of the room again with the role and permissions of its binding, and applies the result.
   * @param admit reads them again first; false: they are the same, so nothing is attached
   * @throws ProtocolError of `admit`; PresenceUnavailable
   */
  async attachAgain(
    room: RoomReplica,
    binding: PeerBinding,
    admit?: () => Promise<boolean>,
  ): Promise<AttachResult['kind'] | undefined> {
    const { peer, session } = binding;
    let asked = room.position;
    const result = await this.admissions.reattach(room.id, session.principal.user, peer, {
      ...(admit !== undefined && { admit }),
      attach: () => {
        asked = room.position;
        return this.presence.attach(attachRequest(binding, this.rooms, Number.MAX_SAFE_INTEGER, false));
      },
      undo: ({ change }) => this.publish(change),
    });
    if (result?.kind === 'attached') this.applyAttachResult(room, peer, result, asked);
    return result?.kind;
  }

  private replace(room: RoomReplica, snapshot: Snapshot, asked: Position): void {
    // The store has lost the room: attach the local peers again instead of showing them as gone.
    if (snapshot.epoch !== '') room.replace(snapshot, asked);
    for (const [peer, { session }] of room.local) {
      const member = room.members.get(peer);
      const isHere =
        member?.state === 'on' && member.node === this.rooms.node && member.connection === session.connection;
      if (isHere && snapshot.epoch !== '') continue;
      void this.reattach(room, peer);
    }
  }

  /** Removes a local peer that was ended by another node or a moderator, and tells its client. */
  private evict(room: RoomReplica, peer: PeerId, reason: 'expired' | 'removed' | 'room_closed'): void {
    const local = room.local.get(peer);
    if (local === undefined) return;
    room.local.delete(peer);
    local.session.left(room.id);
    this.rooms.unbindPeer(peer, local.session);
    local.session.send({ type: 'removed', room: room.id, peer, reason });
    this.rooms.closeIfEmpty(room.id);
  }
}

const hasSameRights = (one: Rights, other: Rights): boolean =>
  one.role === other.role && one.publish === other.publish && one.chat === other.chat;

/** Builds the request that attaches a bound peer, for the first time or again. */
export const attachRequest = (
  binding: PeerBinding,
  rooms: RoomHub,
  capacity: number,
  replaceMeta: boolean,
): AttachRequest => ({
  room: binding.room,
  // A refreshed token may name the user differently.
  participant: { ...binding.participant, name: binding.session.principal.name },
  node: rooms.node,
  connection: binding.session.connection,
  attempt: binding.session.info.attempt,
  capacity,
  replaceMeta,
});
