import type { ConnectionId, LeftReason, Meta, NodeId, PeerId, RoomId } from '@parley/protocol';
import { EPOCH_BYTES, randomTexts } from '../../ids/random-texts.js';
import {
  type AttachRequest,
  type AttachResult,
  type Change,
  type HeldAttachment,
  type Member,
  PRESENCE_TIMERS,
  type Presence,
  type PresenceTimers,
  PresenceUnavailable,
  type Snapshot,
} from '../presence.js';
import { emptyPresenceStats } from '../presence.stats.js';
import { MemoryRoom } from './memory-room.js';

/** The state shared by the memory adapters of one process; each adapter represents one node. */
export class MemoryPresenceStore {
  /** @internal rooms with a member. */
  readonly rooms = new Map<RoomId, MemoryRoom>();
  /** @internal rooms with only tombstones left, the least recently used first. */
  readonly emptyRooms = new Map<RoomId, MemoryRoom>();
  /** @internal node → end of its lease. */
  readonly leases = new Map<NodeId, number>();
  /** @internal dead node → expiry of its tombstone. */
  readonly dead = new Map<NodeId, number>();
  /** Set to true, every operation rejects, as if Redis were unreachable. */
  down = false;
  /**
   * Increment it when the store may have lost writes, as after a failover of Redis: every room then starts a new epoch.
   */
  generation = 0;

  /**
   * @param now milliseconds of a monotonic clock
   * @param newEpoch makes a room's epoch
   */
  constructor(
    readonly now: () => number = () => performance.now(),
    readonly timers: PresenceTimers = PRESENCE_TIMERS,
    readonly newEpoch: () => string = randomTexts(EPOCH_BYTES),
  ) {}
}

/** Presence in memory, for a node without Redis or for several nodes in a test. */
export class MemoryPresence implements Presence {
  readonly stats = emptyPresenceStats();
  private closed = false;

  constructor(private readonly store: MemoryPresenceStore = new MemoryPresenceStore()) {}

  attach(request: AttachRequest): Promise<AttachResult> {
    return this.run((now) => this.in(request.room, now, (room) => room.attach(copyOf(request), now)));
  }

  detach(id: RoomId, peer: PeerId, connection: ConnectionId): Promise<Change | undefined> {
    return this.run((now) => this.in(id, now, (room) => room.detach(peer, connection, now)));
  }

  leave(id: RoomId, peer: PeerId, reason: LeftReason, attempt?: number): Promise<Change | undefined> {
    return this.run((now) => this.in(id, now, (room) => room.leave(peer, reason, attempt, now)));
  }

  update(id: RoomId, peer: PeerId, connection: ConnectionId, meta: Meta): Promise<Change | undefined> {
    return this.run((now) => this.in(id, now, (room) => room.update(peer, connection, copyOfMeta(meta), now)));
  }

  count(id: RoomId): Promise<number> {
    return this.run(() => this.store.rooms.get(id)?.size ?? 0);
  }

  find(id: RoomId, peer: PeerId): Promise<Member | undefined> {
    return this.run((now) =>
      this.in(id, now, (room) => room.snapshot().members.find((member) => member.peer === peer)),
    );
  }

  snapshot(id: RoomId): Promise<Snapshot> {
    return this.run((now) => this.in(id, now, (room) => room.snapshot()));
  }

  clear(id: RoomId, reason: LeftReason): Promise<Change | undefined> {
    return this.run((now) => this.in(id, now, (room) => room.clear(reason, now)));
  }

  reconcile(id: RoomId, node: NodeId, held: readonly HeldAttachment[]) {
    return this.run((now) => this.in(id, now, (room) => room.reconcile(node, held, now)));
  }

  renew(node: NodeId): Promise<'alive' | 'dead'> {
    return this.run((now) => {
      const { dead, leases, timers } = this.store;
      if ((dead.get(node) ?? 0) > now) return 'dead';
      leases.set(node, now + timers.leaseMs);
      return 'alive';
    });
  }

  retire(node: NodeId): Promise<readonly Change[]> {
    return this.run((now) => {
      this.giveUp(node, now);
      return this.sweepRooms(now);
    });
  }

  nodes(): Promise<readonly NodeId[]> {
    return this.run((now) => [...this.alive(now)]);
  }

  sweep(): Promise<readonly Change[]> {
    return this.run((now) => {
      for (const [node, until] of this.store.leases) if (until <= now) this.giveUp(node, now);
      for (const [node, until] of this.store.dead) if (until <= now) this.store.dead.delete(node);
      return this.sweepRooms(now);
    });
  }

  get available(): boolean {
    return !this.closed && !this.store.down;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  private giveUp(node: NodeId, now: number): void {
    this.store.leases.delete(node);
    this.store.dead.set(node, now + this.store.timers.tombstoneMs);
  }

  /** Short calls leave thousands of empty rooms, so only those with expired tombstones are checked. */
  private sweepRooms(now: number): Change[] {
    for (const [id, room] of this.store.emptyRooms) {
      if (!room.isForgettable(now)) break;
      this.store.emptyRooms.delete(id);
    }
    const alive = this.alive(now);
    return [...this.store.rooms.keys()].flatMap(
      (id) => this.in(id, now, (room) => room.sweep(alive, this.store.dead, now)) ?? [],
    );
  }

  private alive(now: number): Set<NodeId> {
    return new Set([...this.store.leases].filter(([, until]) => until > now).map(([node]) => node));
  }

  private in<Result>(id: RoomId, now: number, act: (room: MemoryRoom) => Result): Result {
    const { rooms, emptyRooms, timers, newEpoch } = this.store;
    const room = rooms.get(id) ?? emptyRooms.get(id) ?? new MemoryRoom(id, timers, newEpoch);
    room.follow(this.store.generation);
    const result = act(room);
    emptyRooms.delete(id);
    if (room.size > 0) rooms.set(id, room);
    else {
      rooms.delete(id);
      if (!room.isForgettable(now)) emptyRooms.set(id, room);
    }
    return result;
  }

  /** Runs an operation at once; its result is asynchronous, like that of any store. */
  private async run<Result>(act: (now: number) => Result): Promise<Result> {
    this.stats.commands += 1;
    if (!this.available) {
      this.stats.failures += 1;
      throw new PresenceUnavailable('The presence store is closed or down.');
    }
    return act(this.store.now());
  }
}

/** Copies a request, so that later changes by the caller do not reach the store. */
const copyOf = (request: AttachRequest): AttachRequest => ({
  ...request,
  participant: { ...request.participant, meta: copyOfMeta(request.participant.meta) },
});

/** Avoids `structuredClone`, which is slow even for `{}`: most participants have no meta. */
const copyOfMeta = (meta: Meta): Meta => (Object.keys(meta).length === 0 ? {} : structuredClone(meta));
