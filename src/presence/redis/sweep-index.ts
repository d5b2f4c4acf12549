import type { NodeId, RoomId } from '@parley/protocol';
import type { RedisKeys } from '../../redis/keys.js';
import type { Reply } from '../../redis/redis-commands.js';
import type { Change, PresenceTimers } from '../presence.js';
import type { IndexRooms } from './room-command-batch.js';
import type { Scripts } from './scripts.js';

/** Looks at one room: who of it is lost or over. `waitMs`: when to look again, negative when the room is empty. */
export type SweepRoom = (
  room: RoomId,
  alive: readonly NodeId[],
  dead: readonly NodeId[],
) => Promise<{ readonly change: Change | undefined; readonly waitMs: number }>;

/** A room that was claimed is taken by others again when its claimer has not settled it by then. */
const CLAIM_MS = 2_000;
/** Rooms claimed at a time. */
const BATCH = 100;
/** Batches in one sweep; the next one goes on. */
const MAX_BATCHES = 50;

/**
 * The nodes' leases, and the index by which the rooms of dead nodes are found, in one slot of their own.
 *
 * Every room with a member is in `due` with a moment at most {@link checkMs} away: `attach` and `reconcile` write
 * it, so it passes only when no live node serves the room. The end of a node, and that all its rooms are due now,
 * is one step. A sweep claims rooms that are due by moving their moment on a little, looks at each in the room's
 * own slot, and settles them: a crash after any of these steps leaves the room due again when the claim ends, and
 * looking twice changes nothing. What a crashed sweep changed and told nobody is seen by the next reconcile of
 * each node, which compares versions.
 */
export class SweepIndex {
  /** How long a room may be without a look at it. Three reconciles: one may be lost without harm. */
  readonly checkMs: number;
  /** A node that has not reconciled a room for so long holds nothing in it. */
  readonly staleMs: number;
  private readonly head: (string | number)[];

  constructor(
    keys: RedisKeys,
    private readonly scripts: Scripts,
    private readonly timers: PresenceTimers,
    private readonly sweepRoom: SweepRoom,
  ) {
    this.checkMs = 3 * timers.reconcileGraceMs;
    this.staleMs = 4 * timers.reconcileGraceMs;
    const names = [keys.leases, keys.dead, keys.due, keys.swept, keys.roomsOfNode];
    this.head = [...names, timers.roomTtlMs, timers.tombstoneMs];
  }

  /** The node has, or is about to have, a member in each of these rooms. */
  readonly indexRooms: IndexRooms = async (node, { reconciled, entered }) => {
    const values = [node, this.checkMs, 2 * this.checkMs, reconciled.size, ...reconciled, ...entered];
    await this.scripts.touch(...this.head, ...values);
  };

  async renew(node: NodeId): Promise<'alive' | 'dead'> {
    return (await this.scripts.renew(...this.head, node, this.timers.leaseMs)) as 'alive' | 'dead';
  }

  async nodes(): Promise<readonly NodeId[]> {
    return (await this.scripts.nodes(...this.head)) as readonly NodeId[];
  }

  async retire(node: NodeId): Promise<readonly Change[]> {
    const claim = (await this.scripts.retire(...this.head, node, CLAIM_MS)) as Claim;
    const changes: Change[] = [];
    for (let from = 0; from < claim[1].length; from += BATCH) {
      if (!(await this.work(claim, claim[1].slice(from, from + BATCH), changes))) break;
    }
    return changes;
  }

  /** Rejects only when nothing at all was done; otherwise answers what was, for the caller to tell. */
  async sweep(): Promise<readonly Change[]> {
    const changes: Change[] = [];
    for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
      const claim = await this.claim(changes);
      if (claim === undefined) break;
      const finished = await this.work(claim, claim[1], changes);
      if (!finished || claim[1].length < BATCH) break;
    }
    return changes;
  }

  private async claim(changes: readonly Change[]): Promise<Claim | undefined> {
    try {
      return (await this.scripts.sweep(...this.head, this.timers.leaseMs, BATCH, CLAIM_MS, this.checkMs)) as Claim;
    } catch (error) {
      if (changes.length === 0) throw error;
      return undefined;
    }
  }

  /** False when a room could not be looked at: its claim will end, and somebody will. */
  private async work([score, , alive, dead]: Claim, rooms: readonly RoomId[], changes: Change[]): Promise<boolean> {
    if (rooms.length === 0) return true;
    const results = await Promise.allSettled(rooms.map((room) => this.sweepRoom(room, alive, dead)));
    const settled: (string | number)[] = [];
    let failure: unknown;
    results.forEach((result, i) => {
      if (result.status === 'rejected') {
        failure ??= result.reason;
      } else {
        if (result.value.change !== undefined) changes.push(result.value.change);
        settled.push(rooms[i] as RoomId, result.value.waitMs);
      }
    });
    try {
      await this.scripts.settle(...this.head, score, this.checkMs, ...settled);
    } catch (error) {
      failure ??= error;
    }
    if (failure !== undefined && changes.length === 0) throw failure;
    return failure === undefined;
  }
}

type Claim = [score: number, rooms: RoomId[], alive: NodeId[], dead: NodeId[]] & readonly Reply[];
