import type { ConnectionId, LeftReason, Meta, NodeId, PeerId, RoomId } from '@parley/protocol';
import { EPOCH_BYTES, randomTexts } from '../../ids/random-texts.js';
import type { RedisKeys } from '../../redis/keys.js';
import type { RedisCommands, Reply } from '../../redis/redis-commands.js';
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
import { readChange, readCount, readHash, readMember, readSnapshot } from './reply-decoder.js';
import { RoomCommandBatch } from './room-command-batch.js';
import { loadScripts, type Scripts } from './scripts.js';
import { SweepIndex } from './sweep-index.js';

const newEpoch = randomTexts(EPOCH_BYTES);

/**
 * Presence in Redis. Each room is one hash that only scripts write, so every change of a room is atomic. Operations on
 * both a room and the index of rooms, which are in different slots, have several steps, each of which may be repeated
 * after a crash: see {@link SweepIndex}.
 */
export class RedisPresence implements Presence {
  readonly stats = emptyPresenceStats();
  private readonly scripts: Scripts;
  private readonly index: SweepIndex;
  private readonly batch: RoomCommandBatch;
  private closed = false;

  constructor(
    private readonly redis: { readonly commands: RedisCommands; readonly keys: RedisKeys },
    private readonly timers: PresenceTimers = PRESENCE_TIMERS,
  ) {
    this.scripts = loadScripts(redis.commands);
    this.index = new SweepIndex(redis.keys, this.scripts, timers, (room, alive, dead) =>
      this.sweepRoom(room, alive, dead),
    );
    this.batch = new RoomCommandBatch(this.index.indexRooms, (send) => redis.commands.together(send));
  }

  attach(request: AttachRequest): Promise<AttachResult> {
    const { room, participant, node, connection, attempt, capacity, replaceMeta } = request;
    const { returningOnly = false, maxPeersPerUser = '' } = request;
    const { peer, user, name, role, meta, publish, chat } = participant;
    return this.run(async () => {
      const reply = await this.batch.askIndexed(node, room, 'entered', () =>
        this.scripts.attach(
          ...this.head(room),
          ...[peer, user, name, role, JSON.stringify(meta), node, connection, attempt, capacity],
          replaceMeta ? 1 : 0,
          newEpoch(),
          publish === false ? 0 : 1,
          chat === false ? 0 : 1,
          returningOnly ? 1 : 0,
          maxPeersPerUser,
        ),
      );
      return readAttach(room, reply as readonly Reply[]);
    });
  }

  detach(room: RoomId, peer: PeerId, connection: ConnectionId): Promise<Change | undefined> {
    return this.change(room, () => this.scripts.detach(...this.head(room), peer, connection));
  }

  leave(room: RoomId, peer: PeerId, reason: LeftReason, attempt?: number): Promise<Change | undefined> {
    return this.change(room, () => this.scripts.leave(...this.head(room), peer, reason, attempt ?? ''));
  }

  update(room: RoomId, peer: PeerId, connection: ConnectionId, meta: Meta): Promise<Change | undefined> {
    return this.run(async () => {
      const reply = await this.batch.ask(() =>
        this.scripts.update(...this.head(room), peer, connection, JSON.stringify(meta)),
      );
      if (reply === null) return undefined;
      const [epoch, version, , nodes] = reply as [string, number, Reply, NodeId[]];
      return { room, epoch, version, events: [{ event: 'updated', peer, meta }], nodes };
    });
  }

  count(room: RoomId): Promise<number> {
    const { commands, keys } = this.redis;
    return this.run(async () => readCount(await this.batch.ask(() => commands.hget(keys.room(room), 'n'))));
  }

  find(room: RoomId, peer: PeerId): Promise<Member | undefined> {
    const { commands, keys } = this.redis;
    return this.run(async () => {
      const stored = await this.batch.ask(() => commands.hget(keys.room(room), `m:${peer}`));
      return stored === null ? undefined : readMember(peer, stored);
    });
  }

  snapshot(room: RoomId): Promise<Snapshot> {
    return this.run(async () =>
      readSnapshot(room, readHash(await this.batch.ask(() => this.scripts.snapshot(...this.head(room))))),
    );
  }

  clear(room: RoomId, reason: LeftReason): Promise<Change | undefined> {
    return this.change(room, () => this.scripts.clear(...this.head(room), reason));
  }

  reconcile(room: RoomId, node: NodeId, held: readonly HeldAttachment[]) {
    return this.run(async () => {
      const reply = await this.batch.askIndexed(node, room, 'reconciled', () =>
        this.scripts.reconcile(
          ...this.head(room),
          ...[node, this.timers.reconcileGraceMs, this.index.staleMs],
          ...held.flatMap(({ peer, connection, attempt }) => [peer, connection, attempt]),
        ),
      );
      const [change, lost, members] = reply as [Reply, PeerId[], number];
      const [epoch, version] = change as [string, number];
      const now = members === 0 ? { epoch: '', version: 0 } : { epoch, version };
      return { ...now, lost, change: readChange(room, change) };
    });
  }

  renew(node: NodeId): Promise<'alive' | 'dead'> {
    return this.run(() => this.index.renew(node));
  }

  retire(node: NodeId): Promise<readonly Change[]> {
    // Commands that were requested earlier must run before the lease ends.
    this.batch.send();
    return this.run(() => this.index.retire(node));
  }

  nodes(): Promise<readonly NodeId[]> {
    return this.run(() => this.index.nodes());
  }

  sweep(): Promise<readonly Change[]> {
    return this.run(() => this.index.sweep());
  }

  get available(): boolean {
    return !this.closed && this.redis.commands.available;
  }

  /** Passes waiting commands to Redis. The client stays open: it has another owner. */
  close(): Promise<void> {
    this.batch.send();
    this.closed = true;
    return Promise.resolve();
  }

  private async sweepRoom(room: RoomId, alive: readonly NodeId[], dead: readonly NodeId[]) {
    const reply = await this.scripts['sweep-room'](
      ...this.head(room),
      ...[this.timers.leaseMs, this.index.staleMs, alive.length, ...alive, ...dead],
    );
    const [change, waitMs] = reply as [Reply, number];
    return { change: readChange(room, change), waitMs };
  }

  private change(room: RoomId, script: () => Promise<Reply>): Promise<Change | undefined> {
    return this.run(async () => readChange(room, await this.batch.ask(script)));
  }

  /** The keys and the first values of every room script. */
  private head(room: RoomId): (string | number)[] {
    const { keys } = this.redis;
    return [
      keys.room(room),
      keys.ended(room),
      this.timers.roomTtlMs,
      this.timers.tombstoneMs,
      this.timers.resumeWindowMs,
    ];
  }

  private async run<Result>(act: () => Promise<Result>): Promise<Result> {
    this.stats.commands += 1;
    try {
      if (this.closed) throw new Error('Presence is closed.');
      return await act();
    } catch (error) {
      this.stats.failures += 1;
      throw new PresenceUnavailable(error instanceof Error ? error.message : 'Redis failed', { cause: error });
    }
  }
}

const readAttach = (room: RoomId, reply: readonly Reply[]): AttachResult => {
  const [kind, resumed, node, connection, change, hash] = reply;
  if (kind !== 'attached') return { kind: kind as Exclude<AttachResult['kind'], 'attached'> };
  const snapshot = readSnapshot(room, readHash(hash as Reply));
  return {
    kind,
    resumed: resumed === 1,
    snapshot,
    change: readChange(room, change as Reply, snapshot.members),
    replaced: node === '' ? undefined : { node: node as NodeId, connection: connection as ConnectionId },
  };
};
