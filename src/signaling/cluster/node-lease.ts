import { randomBytes } from 'node:crypto';
import type { NodeId, RoomId } from '@parley/protocol';
import type { Bus } from '../../bus/bus.js';
import type { Log } from '../../logging/log.js';
import type { HeldAttachment, Presence } from '../../presence/presence.js';
import type { RoomHub } from '../rooms/room-hub.js';
import type { RoomLifecycle } from '../rooms/room-lifecycle.js';
import { isBehind } from '../rooms/room-replica.js';
import type { RosterSync } from '../rooms/roster-sync.js';
import { runInBatches } from '../rooms/run-in-batches.js';

/** The rhythm of a node, in milliseconds. RELIABILITY's rule: lease > 2 renewals + 2 command time-outs. */
export interface NodeTimers {
  readonly renewMs: number;
  readonly sweepMs: number;
  readonly reconcileMs: number;
}

export const NODE_TIMERS: NodeTimers = { renewMs: 3_000, sweepMs: 2_000, reconcileMs: 5_000 };

/** How long a start waits for the store. Beyond it the node serves what it can, and says that it is not ready. */
export const BOOT_TIMEOUT_MS = 3_000;

/** Keeps this node's lease, reaps what others left behind, and compares its rooms with the store. */
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

  /** Takes an id and begins. Resolves when the node is listening, or a moment later: then it goes on trying. */
  async start(): Promise<void> {
    this.ports.bus.onGap(() => void this.refreshAll());
    const started = this.tick('life', () => this.newLease());
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, BOOT_TIMEOUT_MS);
    });
    await Promise.race([started, enough]);
    clearTimeout(timer);
    this.every('renew', this.intervals.renewMs, () => this.renew());
    this.every('sweep', this.intervals.sweepMs, () => this.sweep());
    this.every('reconcile', this.intervals.reconcileMs, () => this.reconcileAll());
  }

  /** Ends the ticks, and the lease: what this node held is `away` at once, not after the lease. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    try {
      for (const change of await this.ports.presence.retire(this.local.rooms.node)) this.local.sync.publish(change);
    } catch {
      // The store is away: the lease ends by itself.
    }
  }

  private async newLease(): Promise<void> {
    const node = `${this.name}-${randomBytes(6).toString('base64url').replace(/[_-]/g, '0')}` as NodeId;
    this.local.rooms.node = node;
    await this.ports.bus.listen(node);
    await this.ports.presence.renew(node);
    this.log.info({ node }, 'node is listening');
  }

  private async renew(): Promise<void> {
    if ((await this.ports.presence.renew(this.local.rooms.node)) === 'alive') return;
    this.log.warn({ node: this.local.rooms.node }, 'the lease was lost: taking a new node id');
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
    for (const { session } of [...room.local.values()]) await sync.rename(session);
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

  /** One round of a kind at a time; a store that is away makes a round fail, never the node. */
  private async tick(name: string, work: () => Promise<void>): Promise<void> {
    if (this.stopped || this.running.has(name)) return;
    this.running.add(name);
    try {
      await work();
    } catch (error) {
      this.log.warn({ tick: name, reason: error instanceof Error ? error.message : 'unknown' }, 'the store is away');
    } finally {
      this.running.delete(name);
    }
  }
}
