import { ReliableChannel } from '../../client/src/signals/reliable-channel.js';
import { MemoryBusHub } from '../../src/bus/bus.memory.js';
import type { Change } from '../../src/presence/presence.js';
import { type Counts, check } from '../history/checker.js';
import { type HistoryEvent, UNDONE } from '../history/history.js';
import { Recorder } from '../history/recorder.js';
import type { Violation } from '../history/verdict.js';
import { Network } from './network.js';
import { OVER_AT_MS, QUIET_AT_MS } from './schedule.js';
import { type Payload, SimulatedClient, type Stage } from './simulated-client.js';
import { type Cluster, SimulatedNode } from './simulated-node.js';
import { SimulatedRooms } from './simulated-rooms.js';
import { SimulatedStore } from './simulated-store.js';
import { World } from './world.js';

/** What happens in a run: it is called once, before time begins. */
export type Script = (run: Simulation) => void;

/** What one seed led to. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Exceptions that nobody expected. */
  readonly errors: readonly string[];
  readonly counts: Counts;
  /** How often each fault was injected. */
  readonly faults: Readonly<Record<string, number>>;
  readonly events: readonly HistoryEvent[];
}

/** One run: several nodes, a store, a bus and clients, in one process and in virtual time. */
export class Simulation implements Stage {
  readonly world: World;
  readonly network: Network;
  readonly recorder: Recorder;
  readonly store: SimulatedStore;
  readonly rooms: SimulatedRooms;
  readonly hub = new MemoryBusHub();
  readonly weather = { delayMs: 2, loss: 0 };
  readonly slots: SimulatedNode[] = [];
  /** Users whose tokens are void: the database's word, which no fault of the store touches. */
  readonly revoked = new Set<string>();
  readonly clients: SimulatedClient[] = [];
  private readonly storeEnds: HistoryEvent[] = [];
  private readonly largest = new Map<string, { value: number; bound: number }>();
  private readonly undo: (() => void)[] = [];
  private ids = 0;
  private users = 0;

  constructor(
    readonly seed: number,
    private readonly scripts: readonly Script[],
  ) {
    this.world = new World(seed);
    this.recorder = new Recorder(() => this.world.now);
    this.store = new SimulatedStore(this.world);
    this.rooms = new SimulatedRooms(this.world);
    this.network = new Network(this.world, () => this.slots);
    this.world.afterStep = (actor) => {
      for (const client of this.clients) if (client.actor === actor) client.observe();
    };
  }

  readonly nextId = (): string => `m${++this.ids}`;

  async run(): Promise<Outcome> {
    const { world, recorder } = this;
    this.whenOver(this.measureChannels());
    try {
      for (const script of this.scripts) script(this);
      const nodes = world.random.between(1, 4);
      for (let slot = 0; slot < nodes; slot += 1) this.startNode(slot);
      world.later(QUIET_AT_MS, () => recorder.add({ kind: 'quiet' }));
      this.watchSizes();
      await world.run(OVER_AT_MS);
      for (const [what, { value, bound }] of this.largest) recorder.add({ kind: 'size', what, value, bound });
      recorder.add({ kind: 'over' });
    } finally {
      for (const undo of this.undo.reverse()) undo();
      world.close();
    }
    return this.outcome();
  }

  /** What a script changed outside of the run must be put back. */
  whenOver(undo: () => void): void {
    this.undo.push(undo);
  }

  /** A process in this place; it takes the place of one that is dead. */
  startNode(slot: number): SimulatedNode {
    const node = new SimulatedNode(this.cluster, `n${slot}`);
    this.slots[slot] = node;
    node.start();
    return node;
  }

  /** A new user, or one who comes back with a new token; in a room of its own page, or one more of another's. */
  startClient(room: string, user = this.newUser(), page?: SimulatedClient): SimulatedClient {
    const client = new SimulatedClient(this, user, room, page);
    this.clients.push(client);
    client.start();
    return client;
  }

  private newUser(): string {
    this.users += 1;
    return `u${this.users}`;
  }

  /** A failover that lost the last writes: what ended in them has not ended. */
  rollBack(ms: number): void {
    this.forgetEnds(this.store.rollBack(ms));
  }

  /** The former server comes back: what ended after it was replaced has not ended. */
  failBack(): void {
    const at = this.store.failBack(this.world.random.chance(0.5));
    if (at !== undefined) this.forgetEnds(at);
  }

  /** A restart without data: a session that had expired may come back as the peer that it was. */
  empty(): void {
    this.store.lose();
    this.forgetEnds(0);
  }

  measure(what: string, value: number, bound: number): void {
    const known = this.largest.get(what);
    if (known === undefined || known.value < value) this.largest.set(what, { value, bound });
  }

  private get cluster(): Cluster {
    const { world, store, rooms, hub, weather } = this;
    return {
      ...{ world, store, rooms, hub, weather, revoked: this.revoked },
      heard: (change) => this.heard(change),
      isCut: (actor) => this.slots.some((node) => node.actor === actor && node.bus.cut),
      denies: (body) => this.denies(body),
    };
  }

  private heard(change: Change): void {
    for (const event of change.events) {
      if (event.event !== 'left') continue;
      this.recorder.add({ kind: 'end', peer: event.peer, why: event.reason });
      this.storeEnds.push(this.recorder.events.at(-1) as HistoryEvent);
    }
  }

  private forgetEnds(since: number): void {
    for (const end of this.storeEnds.splice(0))
      if (end.t > since && end.kind === 'end' && end.why === 'expired') Object.assign(end, { why: UNDONE });
  }

  private denies(body: string): boolean {
    if (!body.includes('"deny"')) return false;
    const { id, deny } = JSON.parse(body) as Payload;
    const denied = deny === 'always' || (deny === 'sometimes' && this.world.random.chance(0.5));
    if (denied) this.recorder.add({ kind: 'denied', id });
    return denied;
  }

  private watchSizes(): void {
    this.world.later(1_000, () => {
      for (const { presence, services: context } of this.slots) {
        this.measure('commands that wait for the store', presence.waiting, 64);
        for (const room of context.rooms.all)
          this.measure('changes that wait for one before them', (room as any).earlyChanges.size, 256);
      }
      this.watchSizes();
    });
  }

  private measureChannels(): () => void {
    const { send, receive } = ReliableChannel.prototype;
    const measure = ({ sizes }: ReliableChannel) => {
      this.measure('signals that wait for a result', sizes.pending, 320);
      this.measure('signals that wait for an earlier one', sizes.held, 64);
    };
    ReliableChannel.prototype.send = function (...args) {
      const sent = send.apply(this, args);
      measure(this);
      return sent;
    };
    ReliableChannel.prototype.receive = function (...args) {
      receive.apply(this, args);
      measure(this);
    };
    return () => Object.assign(ReliableChannel.prototype, { send, receive });
  }

  private outcome(): Outcome {
    const { events } = this.recorder;
    const { violations, counts } = check(events);
    const faults: Record<string, number> = {};
    for (const event of events)
      if (event.kind === 'fault' && event.phase === 'start') faults[event.name] = (faults[event.name] ?? 0) + 1;
    const errors = this.world.errors.map((error) => (error instanceof Error ? (error.stack ?? '') : String(error)));
    return { seed: this.seed, violations, errors, counts, faults, events };
  }
}
