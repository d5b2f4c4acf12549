import type { RoomId } from '@parley/protocol';
import type { Bus } from '../../bus/bus.js';
import { newNodeId } from '../../ids/new-node-id.js';
import type { Log } from '../../logging/log.js';
import type { HeldAttachment, Presence } from '../../presence/presence.js';
import type { RoomHub } from '../rooms/room-hub.js';
import type { RoomLifecycle } from '../rooms/room-lifecycle.js';
import { isBehind } from '../rooms/room-replica.js';
import type { RosterSync } from '../rooms/roster-sync.js';
import { runInBatches } from '../rooms/run-in-batches.js';

/**
 * The intervals of a node's periodic work, in milliseconds. The lease must be longer than two renewals and two command
 * time-outs, or one slow command would end it.
 */
export interface NodeTimers {
  readonly renewMs: number;
  readonly sweepMs: number;
  readonly reconcileMs: number;
}

export const NODE_TIMERS: NodeTimers = { renewMs: 3_000, sweepMs: 2_000, reconcileMs: 5_000 };

/** How long the start waits for the store. Beyond it the node serves what it can, and reports that it is not ready. */
export const BOOT_TIMEOUT_MS = 3_000;

/** Renews this node's lease, sweeps the rooms of dead nodes, and reconciles its own rooms with the store. */
export class NodeLease {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly running = new Set<string>();
  private stopped = false;

  constructor(
    private readonly name: string,
    private readonly ports: { readonly presence: Presence; readonly bus: Bus },
    private readonly local: { readonly rooms: RoomHub; readonly sync: RosterSync; readonly lifecycle: RoomLifecycle },
    private readonly log: Log,
    private readonly intervals: NodeTimers = NODE_TIMERS,
  ) {}

  /** Acquires a node id and starts the timers. Resolves once the node listens, or after 3 s while it keeps trying. */
  async start(): Promise<void> {
    this.ports.bus.onGap(() => void this.refreshAll());
    const started = this.tick('lease', () => this.newLease());
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, BOOT_TIMEOUT_MS);
    });
    await Promise.race([started, timeout]);
    clearTimeout(timer);
    this.every('renew', this.intervals.renewMs, () => this.renew());
    this.every('sweep', this.intervals.sweepMs, () => this.sweep());
    this.every('reconcile', this.intervals.reconcileMs, () => this.reconcileAll());
  }

  /** Stops the timers and ends the lease, so that this node's peers are `away` at once, not when it expires. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    try {
      for (const change of await this.ports.presence.retire(this.local.rooms.node)) this.local.sync.publish(change);
    } catch {
      // The store is unavailable; the lease expires by itself.
    }
  }

  private async newLease(): Promise<void> {
    const node = newNodeId(this.name);
    this.local.rooms.node = node;
    await this.ports.bus.listen(node);
    await this.ports.presence.renew(node);
    this.log.info({ node }, 'node listens on the bus');
  }

  private async renew(): Promise<void> {
    if ((await this.ports.presence.renew(this.local.rooms.node)) === 'alive') return;
    this.log.warn({ node: this.local.rooms.node }, 'node lease lost; taking a new node id');
    await this.newLease();
    await this.reconcileAll();
  }

  private async sweep(): Promise<void> {
    for (const change of await this.ports.presence.sweep()) this.local.sync.publish(change);
  }

  private async reconcileAll(): Promise<void> {
    const { rooms, lifecycle } = this.local;
    const [finished] = await Promise.allSettled([lifecycle.retryPendingLeaves()]);
    const ids = new Set<RoomId>([...lifecycle.unsettled.keys(), ...[...rooms.all].map((room) => room.id)]);
    await runInBatches(ids, async (id) => {
      if (this.stopped) return;
      await this.reconcile(id);
      lifecycle.settled(id);
    });
    if (finished.status === 'rejected') throw finished.reason;
  }

  private async reconcile(id: RoomId): Promise<void> {
    const { rooms, sync } = this.local;
    const held: HeldAttachment[] = [...(rooms.get(id)?.local ?? [])].map(([peer, { session }]) => ({
      peer,
      connection: session.connection,
      attempt: session.info.attempt,
    }));
    const asked = rooms.get(id)?.position;
    const { epoch, version, lost, change } = await this.ports.presence.reconcile(id, rooms.node, held);
    sync.publish(change);
    const room = rooms.get(id);
    if (room === undefined) return;
    for (const peer of lost) await sync.reattach(room, peer);
    for (const { session } of [...room.local.values()]) await sync.publishOwn(session);
    if (asked !== undefined && isBehind({ epoch, version }, asked)) return void sync.refresh(id);
    if (room.epoch === epoch && room.version >= version) return;
    sync.settle(id, epoch, version);
  }

  private async refreshAll(): Promise<void> {
    for (const { id } of [...this.local.rooms.all]) await this.local.sync.refresh(id);
  }

  private every(name: string, ms: number, work: () => Promise<void>): void {
    this.timers.push(setInterval(() => void this.tick(name, work), ms));
  }

  /** Runs at most one piece of work of each kind at a time; an unavailable store makes it fail, never the node. */
  private async tick(name: string, work: () => Promise<void>): Promise<void> {
    if (this.stopped || this.running.has(name)) return;
    this.running.add(name);
    try {
      await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      this.log.warn({ tick: name, reason }, 'presence store unavailable; retrying with the next tick');
    } finally {
      this.running.delete(name);
    }
  }
}
