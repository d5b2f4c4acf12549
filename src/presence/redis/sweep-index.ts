import type { NodeId, RoomId } from '@parley/protocol';
import type { RedisKeys } from '../../redis/keys.js';
import type { Reply } from '../../redis/redis-commands.js';
import type { Change, PresenceTimers } from '../presence.js';
import type { IndexRooms } from './room-command-batch.js';
import type { Scripts } from './scripts.js';

/**
 * Sweeps one room: marks peers of dead nodes as `away` and ends expired ones. `waitMs`: milliseconds until its next
 * sweep, negative if the room is empty.
 */
export type SweepRoom = (
  room: RoomId,
  alive: readonly NodeId[],
  dead: readonly NodeId[],
) => Promise<{ readonly change: Change | undefined; readonly waitMs: number }>;

/** How long a claimed room is left to the node that claimed it, in milliseconds. */
const CLAIM_MS = 2_000;
/** Maximum rooms per claim. */
const BATCH = 100;
/** Maximum claims per sweep; the next sweep continues. */
const MAX_BATCHES = 50;

/**
 * Keeps the leases of the nodes, and the index that finds the rooms of dead nodes. Both share one slot.
 *
 * Every room with a member is in `due` with the time of its next sweep, at most {@link checkMs} ahead. `attach` and
 * `reconcile` postpone it, so it passes only if no live node serves the room. A node's lease ends, and all its rooms
 * become due, in one atomic step. A sweep claims due rooms by postponing them by {@link CLAIM_MS}, sweeps each one in
 * the room's own slot, then settles the claim. After a crash between these steps the room is due again when the claim
 * ends, and sweeping twice changes nothing. Changes that a crashed sweep did not publish are found by the next
 * reconciliation of each node, which compares versions.
 */
export class SweepIndex {
  /** Maximum milliseconds until the next sweep of a room: three reconciliations, so that one may fail. */
  readonly checkMs: number;
  /** A node that has not reconciled a room for this long holds no peer in it. */
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

  /** Adds rooms in which the node has, or is about to have, a member. */
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

  /**
   * Sweeps due rooms. Rejects only if nothing changed; otherwise returns the changes, which the caller must publish.
   */
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

  /** Sweeps claimed rooms. @returns false if a room could not be swept: it is due again when the claim ends */
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
