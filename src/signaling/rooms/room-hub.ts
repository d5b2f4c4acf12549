import { type NodeId, type Participant, type PeerId, ProtocolError, type RoomId } from '@parley/protocol';
import { type Bus, joinMessage, type Message } from '../../bus/bus.js';
import type { Member } from '../../presence/presence.js';
import { ROOM_RATE, type RoomRate, RoomRateLimit } from '../../rate-limit/room-rate-limit.js';
import { encodeNodeMessage, packToPeer, type UndeliverableCode } from '../codec/node-message.js';
import type { Session } from '../session/session.js';
import type { SignalingStats } from '../signaling-stats.js';
import { RoomReplica } from './room-replica.js';

/** Frames held for a peer whose `joined` has not been sent yet; one more is refused as `peer_busy`. */
const MAX_HELD_FRAMES = 64;

/**
 * Binds a peer to its session on this node. Created before the peer is attached in the store, so that a frame which
 * arrives in between is held instead of refused.
 */
export interface PeerBinding {
  readonly peer: PeerId;
  readonly room: RoomId;
  readonly session: Session;
  /** Its role, permissions and data in the room: sent again if the presence store has lost the peer. */
  participant: Omit<Participant, 'state' | 'order'>;
  /** Frames received before `joined` was sent; undefined afterwards. */
  held: (Buffer | string)[] | undefined;
}

/** Holds the rooms and peers of this node, and routes frames to any peer or room of the cluster. */
export class RoomHub {
  /** The id of this node; a new one replaces it when the lease is lost. */
  node = '' as NodeId;
  private readonly rooms = new Map<RoomId, RoomReplica>();
  private readonly bindings = new Map<PeerId, PeerBinding>();
  private readonly rateLimits = new WeakMap<RoomReplica, RoomRateLimit>();

  constructor(
    private readonly bus: Bus,
    private readonly stats: SignalingStats,
    private readonly rate: RoomRate = ROOM_RATE,
  ) {}

  get(room: RoomId): RoomReplica | undefined {
    return this.rooms.get(room);
  }

  open(id: RoomId): RoomReplica {
    let room = this.rooms.get(id);
    if (room === undefined) {
      room = new RoomReplica(id);
      this.rooms.set(id, room);
    }
    return room;
  }

  /** Charges a room for one frame of this size to all its members. @throws ProtocolError `rate_limited` */
  charge(id: RoomId, now: number, bytes = 0): void {
    const room = this.rooms.get(id);
    if (room === undefined) return;
    const limiter = this.rateLimits.get(room) ?? new RoomRateLimit(this.rate, now);
    this.rateLimits.set(room, limiter);
    limiter.take(room.members.size, now, bytes);
  }

  /** Forgets a room without a local peer and without a join in flight. */
  closeIfEmpty(id: RoomId): void {
    const room = this.rooms.get(id);
    if (room === undefined || room.local.size > 0 || room.entering > 0) return;
    room.close();
    this.rooms.delete(id);
  }

  get all(): Iterable<RoomReplica> {
    return this.rooms.values();
  }

  get roomCount(): number {
    return this.rooms.size;
  }

  get peerCount(): number {
    return this.bindings.size;
  }

  /** Binds a peer to a session, instead of an older socket of the same session if there is one. */
  bindPeer(session: Session, participant: PeerBinding['participant'], room: RoomId): PeerBinding {
    const binding: PeerBinding = { peer: participant.peer, room, session, participant, held: [] };
    this.bindings.set(binding.peer, binding);
    return binding;
  }

  /** Removes a peer's binding, unless another session holds it by now. */
  unbindPeer(peer: PeerId, session: Session): void {
    if (this.bindings.get(peer)?.session === session) this.bindings.delete(peer);
  }

  binding(peer: PeerId): PeerBinding | undefined {
    return this.bindings.get(peer);
  }

  /**
   * Returns the role, permissions and data of a local peer.
   * @throws ProtocolError `not_in_room`
   */
  participantOf(peer: PeerId): PeerBinding['participant'] {
    const binding = this.bindings.get(peer);
    if (binding === undefined) throw new ProtocolError('not_in_room');
    return binding.participant;
  }

  /** Sends the frames held until `joined` was sent. */
  openBinding(binding: PeerBinding): void {
    const held = binding.held ?? [];
    binding.held = undefined;
    for (const frame of held) binding.session.sendFrame(frame);
  }

  /** @throws ProtocolError `not_in_room` */
  peerOf(session: Session, room: RoomId): PeerId {
    const peer = session.rooms.get(room);
    if (peer === undefined) throw new ProtocolError('not_in_room');
    return peer;
  }

  /**
   * Finds a peer that shares a room with a session, and the session's own peer id there.
   * @throws ProtocolError `peer_unknown` (also for a peer of other rooms, so that it reveals nothing), `peer_away`
   */
  route(session: Session, to: PeerId): { from: PeerId; member: Member } {
    for (const [room, from] of session.rooms) {
      const member = this.rooms.get(room)?.find(to);
      if (member === undefined || to === from) continue;
      if (member.state === 'away') throw new ProtocolError('peer_away');
      return { from, member };
    }
    throw new ProtocolError('peer_unknown');
  }

  /**
   * Delivers a frame to a peer: directly, or in the next batch for the node that serves it.
   * @throws ProtocolError `peer_away`, `peer_busy` or `unavailable`; then nothing was sent
   */
  deliver(member: Member, frame: Message): void {
    if (member.node === this.node) {
      const refusal = this.deliverLocal(member.peer, joinMessage(frame));
      if (refusal !== undefined) throw new ProtocolError(refusal);
      this.stats.signalsLocal += 1;
    } else {
      if (!this.bus.send(member.node, packToPeer(member.peer, this.node, frame))) {
        this.stats.signalsRefused += 1;
        throw new ProtocolError('unavailable', undefined, { retryAfterMs: 1000 });
      }
      this.stats.signalsRemote += 1;
    }
  }

  /** Delivers a frame to a local peer. @returns undefined on success, otherwise why the peer could not take it */
  deliverLocal(peer: PeerId, frame: Buffer | string): UndeliverableCode | undefined {
    const binding = this.bindings.get(peer);
    if (binding === undefined || binding.session.state === 'closed') return 'peer_away';
    if (binding.held === undefined) return binding.session.offerFrame(frame) ? undefined : 'peer_busy';
    if (binding.held.length >= MAX_HELD_FRAMES) return 'peer_busy';
    binding.held.push(frame);
    return undefined;
  }

  /** Delivers a frame at most once to each peer of a room but one. `broadcast` skips slow readers. */
  deliverToRoom(kind: 'to_room' | 'broadcast', id: RoomId, frame: Buffer, except: PeerId): void {
    this.deliverToLocalRoom(kind, id, frame, except);
    const room = this.rooms.get(id);
    if (room === undefined) return;
    let message: Message | undefined;
    for (const node of room.nodes) {
      if (node === this.node) continue;
      message ??= encodeNodeMessage({ kind, room: id, except, frame });
      this.bus.send(node, message);
    }
  }

  deliverToLocalRoom(kind: 'to_room' | 'broadcast', id: RoomId, frame: Buffer, except: PeerId): void {
    const room = this.rooms.get(id);
    if (room === undefined) return;
    for (const [peer, { session }] of room.local) {
      if (peer === except) continue;
      if (kind === 'broadcast') session.offerFrame(frame);
      else session.sendFrame(frame);
    }
  }
}
