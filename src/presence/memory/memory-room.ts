import type { ConnectionId, LeftReason, Meta, NodeId, PeerId, RoomId } from '@parley/protocol';
import { memberOf, permittedEvent, sameMeta, sameRights } from '../member.js';
import type {
  AttachRequest,
  AttachResult,
  Change,
  HeldAttachment,
  MemberEvent,
  PresenceTimers,
  Snapshot,
} from '../presence.js';
import { Tombstones } from '../tombstones.js';
import { judgeNewPeer } from './new-peer.js';
import { NodeCounts } from './node-counts.js';
import type { Stored } from './stored.js';

/** A node that missed this many reconciliations of a room holds no peer in it. */
const STALE_ROUNDS = 4;

/**
 * One room of the memory adapter. It implements the same rules as `redis/lua/*.lua`: change both together. The contract
 * suite runs against both.
 */
export class MemoryRoom {
  private epoch = '';
  private version = 0;
  private order = 0;
  /** The generation of the store at the last operation, see {@link follow}. */
  private generation = 0;
  /** In the order of joining. */
  private readonly members = new Map<PeerId, Stored>();
  private readonly counts = new NodeCounts();
  /** The nodes with a member, and when each last reconciled this room or got its first member in it. */
  private readonly reconciled = new Map<NodeId, number>();
  private readonly ended: Tombstones;

  constructor(
    private readonly id: RoomId,
    private readonly timers: PresenceTimers,
    private readonly newEpoch: () => string,
  ) {
    this.ended = new Tombstones(timers.tombstoneMs);
  }

  get size(): number {
    return this.members.size;
  }

  /** True if the room has neither members nor tombstones. */
  isForgettable(now: number): boolean {
    this.ended.trim(now);
    return this.members.size === 0 && this.ended.size === 0;
  }

  /**
   * Starts a new epoch if the store may have lost writes. It may then assign the same versions to other changes; a new
   * epoch keeps nodes and clients from mistaking these for the ones that they know, and makes them fetch the room
   * again.
   */
  follow(generation: number): void {
    if (this.epoch !== '' && this.generation !== generation) this.epoch = this.newEpoch();
    this.generation = generation;
  }

  snapshot(): Snapshot {
    return {
      room: this.id,
      epoch: this.epoch,
      version: this.version,
      members: Array.from(this.members.values(), (stored) => stored.member),
    };
  }

  attach(request: AttachRequest, now: number): AttachResult {
    this.ended.trim(now);
    const { participant, node, connection, attempt } = request;
    if (this.ended.has(participant.peer)) return { kind: 'ended' };
    const stored = this.members.get(participant.peer);
    if (stored === undefined) return this.admit(request, now);
    const { member } = stored;
    const same = member.connection === connection;
    if (same ? stored.attempt > attempt : stored.attempt >= attempt) return { kind: 'superseded' };
    const meta = request.replaceMeta ? participant.meta : member.meta;
    const next = memberOf({ ...participant, meta }, member.order, node, connection);
    const moved = member.state === 'away' || member.node !== node || !same;
    const renamed = member.name !== next.name && { name: next.name };
    const change = this.change(now, () => {
      this.counts.remove(member.node);
      this.store({ member: next, attempt, since: now, deadline: 0 });
      const events: MemberEvent[] = [];
      if (moved) events.push({ event: 'back', peer: next.peer, node, connection });
      if (renamed || !sameMeta(member.meta, next.meta)) {
        events.push({ event: 'updated', peer: next.peer, meta: next.meta, ...renamed });
      }
      if (!sameRights(member, next)) events.push(permittedEvent(next));
      return events;
    });
    return {
      kind: 'attached',
      resumed: true,
      snapshot: this.snapshot(),
      change,
      replaced: same ? undefined : { node: member.node, connection: member.connection },
    };
  }

  detach(peer: PeerId, connection: ConnectionId, now: number): Change | undefined {
    const stored = this.members.get(peer);
    if (stored === undefined || stored.member.connection !== connection || stored.member.state !== 'on')
      return undefined;
    return this.change(now, () => [this.markAway(stored, now)]);
  }

  leave(peer: PeerId, reason: LeftReason, attempt: number | undefined, now: number): Change | undefined {
    this.ended.trim(now);
    const stored = this.members.get(peer);
    if (stored !== undefined && attempt !== undefined && stored.attempt > attempt) return undefined;
    if (stored === undefined) {
      this.ended.add(peer, now);
      return undefined;
    }
    return this.change(now, () => [this.end(stored, reason, now)]);
  }

  update(peer: PeerId, connection: ConnectionId, meta: Meta, now: number): Change | undefined {
    const stored = this.members.get(peer);
    if (stored === undefined || stored.member.connection !== connection || stored.member.state !== 'on')
      return undefined;
    return this.change(now, () => {
      stored.member = { ...stored.member, meta };
      return [{ event: 'updated', peer, meta }];
    });
  }

  clear(reason: LeftReason, now: number): Change | undefined {
    this.ended.trim(now);
    return this.change(now, () => [...this.members.values()].map((stored) => this.end(stored, reason, now)));
  }

  reconcile(node: NodeId, held: readonly HeldAttachment[], now: number) {
    this.ended.trim(now);
    const connections = new Map(held.map((entry) => [entry.peer, entry.connection]));
    const silent = this.silentTo(node, now);
    const isStale = ({ member, since }: Stored): boolean => {
      const age = now - since;
      if (member.node !== node) return age > this.staleMs && silent.has(member.node);
      return connections.get(member.peer) !== member.connection && age > this.timers.reconcileGraceMs;
    };
    const change = this.settle(isStale, now);
    const lost = held
      .filter(({ peer, connection, attempt }) => {
        const stored = this.members.get(peer);
        return (
          stored === undefined ||
          stored.member.state !== 'on' ||
          stored.member.node !== node ||
          stored.member.connection !== connection ||
          stored.attempt !== attempt
        );
      })
      .map(({ peer }) => peer);
    return { epoch: this.epoch, version: this.version, lost, change };
  }

  /** Marks the members of dead nodes as `away`, and ends those that were `away` beyond the resume window. */
  sweep(alive: ReadonlySet<NodeId>, dead: ReadonlyMap<NodeId, number>, now: number): Change | undefined {
    this.ended.trim(now);
    const silent = this.silentNodes(now);
    return this.settle(({ member, since }) => {
      const age = now - since;
      if (dead.has(member.node)) return true;
      // Neither alive nor dead: the node may have got its lease after the list was read.
      if (!alive.has(member.node)) return age > this.timers.leaseMs;
      return age > this.staleMs && silent.has(member.node);
    }, now);
  }

  /** A node that has not reconciled this room for this long holds no peer in it. */
  private get staleMs(): number {
    return STALE_ROUNDS * this.timers.reconcileGraceMs;
  }

  /**
   * Lists nodes that no longer hold a peer here although the room has members of theirs: the store lost their `detach`,
   * or executed an `attach` after its caller had given up.
   */
  private silentNodes(now: number): Set<NodeId> {
    return new Set([...this.reconciled].filter(([, at]) => now - at > this.staleMs).map(([node]) => node));
  }

  /**
   * Lists silent nodes for a node that reconciles. If that node missed reconciliations itself, the store may have been
   * unreachable for all of them, so none counts as silent and their times start again.
   */
  private silentTo(node: NodeId, now: number): ReadonlySet<NodeId> {
    const own = this.reconciled.get(node);
    if (own === undefined) return new Set();
    const wasAway = now - own > this.staleMs / 2;
    if (wasAway) for (const each of this.reconciled.keys()) this.reconciled.set(each, now);
    this.reconciled.set(node, now);
    return wasAway ? new Set() : this.silentNodes(now);
  }

  private settle(isLost: (stored: Stored) => boolean, now: number): Change | undefined {
    const isDue = (stored: Stored) => (stored.member.state === 'on' ? isLost(stored) : stored.deadline <= now);
    if (![...this.members.values()].some(isDue)) return undefined;
    return this.change(now, () => {
      const events: MemberEvent[] = [];
      for (const stored of [...this.members.values()]) {
        if (stored.member.state === 'on') {
          if (isLost(stored)) events.push(this.markAway(stored, now));
        } else if (stored.deadline <= now) {
          events.push(this.end(stored, 'expired', now));
        }
      }
      return events;
    });
  }

  private admit(request: AttachRequest, now: number): AttachResult {
    const verdict = judgeNewPeer(this.members, request);
    if (verdict.kind !== 'admitted') return verdict;
    if (this.members.size === 0) {
      this.epoch = this.newEpoch();
      this.version = 0;
      this.order = 0;
    }
    const { participant, node, connection, attempt } = request;
    const change = this.change(now, () => {
      const events = verdict.replaces === undefined ? [] : [this.end(verdict.replaces, 'expired', now)];
      this.order += 1;
      const member = memberOf(participant, this.order, node, connection);
      this.store({ member, attempt, since: now, deadline: 0 });
      return [...events, { event: 'joined', participant: member }];
    });
    return { kind: 'attached', resumed: false, snapshot: this.snapshot(), change, replaced: undefined };
  }

  private markAway(stored: Stored, now: number): MemberEvent {
    stored.member = { ...stored.member, state: 'away' };
    stored.deadline = now + this.timers.resumeWindowMs;
    return { event: 'away', peer: stored.member.peer };
  }

  private store(stored: Stored): void {
    this.members.set(stored.member.peer, stored);
    this.counts.add(stored.member.node);
  }

  private end({ member: { peer, node } }: Stored, reason: LeftReason, now: number): MemberEvent {
    this.ended.add(peer, now);
    this.members.delete(peer);
    this.counts.remove(node);
    return { event: 'left', peer, reason };
  }

  /** Runs `act`, adds its events to the version, and lists the nodes with a member before or after it. */
  private change(now: number, act: () => MemberEvent[]): Change | undefined {
    const nodes = new Set(this.counts.nodes);
    const events = act();
    if (events.length === 0) return undefined;
    this.version += events.length;
    for (const node of this.counts.nodes) nodes.add(node);
    this.noteNodes(now);
    const change: Change = { room: this.id, epoch: this.epoch, version: this.version, events, nodes: [...nodes] };
    if (this.members.size === 0) {
      this.epoch = '';
      this.version = 0;
    }
    return change;
  }

  private noteNodes(now: number): void {
    for (const node of this.reconciled.keys()) if (!this.counts.has(node)) this.reconciled.delete(node);
    for (const node of this.counts.nodes) if (!this.reconciled.has(node)) this.reconciled.set(node, now);
  }
}
