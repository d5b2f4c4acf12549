import { MemoryRoom } from '../../src/presence/memory/memory-room.js';
import { NodeCounts } from '../../src/presence/memory/node-counts.js';
import { MemoryPresenceStore } from '../../src/presence/memory/presence.memory.js';
import { Tombstones } from '../../src/presence/tombstones.js';
import type { World } from './world.js';

const COPY_EVERY_MS = 500;
const COPIES = 12;

interface Copy {
  readonly at: number;
  readonly rooms: Map<any, MemoryRoom>;
  readonly emptyRooms: Map<any, MemoryRoom>;
  readonly leases: Map<any, number>;
  readonly dead: Map<any, number>;
}

/** The shared store, as a Redis that can be slow, gone, empty, or a few seconds behind. */
export class SimulatedStore {
  readonly inner: MemoryPresenceStore;
  /** One way, in milliseconds; twice that, and a random part. */
  latencyMs = 1;
  /** Commands wait until this moment, and are executed then. */
  pausedUntil = 0;
  /** Commands are executed, and nobody hears of it. */
  repliesLost = false;
  private copies: Copy[] = [];
  /** What the server had that the last failover took the place of, and which reign that was. */
  private replaced: (Copy & { readonly generation: number }) | undefined;
  private reigns = 0;

  constructor(private readonly world: World) {
    let epochs = 0;
    this.inner = new MemoryPresenceStore(
      () => world.now,
      undefined,
      () => `epoch-${++epochs}`,
    );
    this.keepCopies();
  }

  get down(): boolean {
    return this.inner.down;
  }

  set down(down: boolean) {
    this.inner.down = down;
  }

  /** Without its data. What a server before it had is gone as well. */
  lose(): void {
    this.replaced = undefined;
    this.empty();
  }

  private empty(): void {
    this.inner.rooms.clear();
    this.inner.emptyRooms.clear();
    this.inner.leases.clear();
    this.inner.dead.clear();
  }

  /** A failover to a replica that had not heard the last writes. @returns the moment that it stands at. */
  rollBack(ms: number): number {
    const copy = this.copies.filter(({ at }) => at <= this.world.now - ms).at(-1) ?? this.copies[0];
    if (copy === undefined) return this.world.now;
    this.replaced = { at: this.world.now, generation: this.inner.generation, ...copyOf(this.inner) };
    this.restore(copy, ++this.reigns);
    return copy.at;
  }

  /**
   * The server that the last failover took the place of serves again, with what it had then.
   * @param promoted false: it was cut off, and never learned that it had a successor, so its reign goes on.
   * @returns the moment that it stands at; undefined: there was no failover
   */
  failBack(promoted: boolean): number | undefined {
    const { replaced: previous } = this;
    if (previous === undefined) return undefined;
    this.replaced = undefined;
    this.restore(previous, promoted ? ++this.reigns : previous.generation);
    return previous.at;
  }

  private restore(copy: Copy, generation: number): void {
    this.empty();
    const { rooms, emptyRooms, leases, dead } = copyOf(copy);
    for (const [id, room] of rooms) this.inner.rooms.set(id, room);
    for (const [id, room] of emptyRooms) this.inner.emptyRooms.set(id, room);
    for (const [node, until] of leases) this.inner.leases.set(node, until);
    for (const [node, until] of dead) this.inner.dead.set(node, until);
    this.copies = [];
    this.inner.generation = generation;
  }

  private keepCopies(): void {
    this.world.later(COPY_EVERY_MS, () => {
      if (!this.down) this.copies.push({ at: this.world.now, ...copyOf(this.inner) });
      if (this.copies.length > COPIES) this.copies.shift();
      this.keepCopies();
    });
  }
}

const copyOf = ({ rooms, emptyRooms, leases, dead }: Omit<Copy, 'at'>): Omit<Copy, 'at'> => ({
  rooms: new Map([...rooms].map(([id, room]) => [id, copyOfRoom(room)])),
  emptyRooms: new Map([...emptyRooms].map(([id, room]) => [id, copyOfRoom(room)])),
  leases: new Map(leases),
  dead: new Map(dead),
});

const copyOfRoom = (room: MemoryRoom): MemoryRoom => {
  const from = room as any;
  const copy = new MemoryRoom(from.id, from.timers, from.newEpoch);
  const counts = new NodeCounts();
  for (const { member } of from.members.values()) counts.add(member.node);
  return Object.assign(copy, {
    ...{ epoch: from.epoch, version: from.version, order: from.order, generation: from.generation },
    members: new Map([...from.members].map(([peer, stored]: [string, object]) => [peer, { ...stored }])),
    ended: Object.assign(new Tombstones(from.ended.keepMs), { until: new Map(from.ended.until) }),
    reconciled: new Map(from.reconciled),
    counts,
  });
};
