import { setTimeout as wait } from 'node:timers/promises';
import { DATA_LOSS, type HistoryEvent, SECOND_HOLDER } from '../history/history.js';
import { merge, Recorder } from '../history/recorder.js';
import { until } from '../support/until.js';
import { ACTIONS, type UserScene } from './actions.js';
import { Bridges } from './bridges.js';
import { type Client, Clients, type ClientView, type RoomView, type TokenTerms } from './clients.js';
import { Fleet, type RedisKind } from './fleet.js';
import { INJECTORS } from './injectors.js';
import { KeyedQueue } from './keyed-queue.js';
import { holdingsOf, keysOf, untilNothingIsLeft } from './leaks.js';
import { Moderator, type OwnedRoom } from './moderator.js';
import { NODE_SIDE } from './node-side.js';
import { CALM_ACTIONS, type FaultName, type Hold, isAction, type PlannedFault, planFaults } from './plan.js';

const ROOMS = 3;
const CLIENTS = 12;
/** Average interval between the signals of a client. */
const TALK_MS = 120;
/** Time without faults, during which no failure of a user's action is excused. */
const RECOVERY_MS = 10_000;
/** How long clients keep sending after the last action of users. */
const CALM_MS = 3_000;
/** Duration of an action in the time without faults. */
const CALM_ACTION_MS = 2_000;
/** Two clients of three have tokens that expire during the run, from a callback that is slow and sometimes fails. */
const TOKENS = {
  long: { seconds: 3_600, slowMs: 0, failing: 0 },
  short: { seconds: 12, slowMs: 3_000, failing: 0.15 },
};
/** Time limits of the parts of a run; beyond one, the run has failed. */
const FAULT_MS = 60_000;
const CONVERGE_MS = 60_000;
const SETTLE_MS = 60_000;

/** The record of a run, for the judge. */
export interface NemesisRun {
  readonly seed: number;
  readonly topology: Topology;
  readonly plan: readonly PlannedFault[];
  readonly history: readonly HistoryEvent[];
  /** Failures to recover, and others that the history does not show. */
  readonly troubles: readonly string[];
}

/** The topologies of the store. Standalone has a proxy between each node and Redis. */
export const TOPOLOGIES = {
  standalone: 'standalone',
  sentinel: 'sentinel',
  cluster: 'replicatedCluster',
} as const satisfies Record<string, RedisKind>;
export type Topology = keyof typeof TOPOLOGIES;

/** Derives the topology from the seed. */
export const topologyOf = (seed: number): Topology =>
  (['standalone', 'sentinel', 'cluster'] as const)[seed % 3] as Topology;

/**
 * Runs real nodes and clients with the faults of a seed, until the system has recovered, and nothing is left of the
 * clients.
 */
export const runNemesis = async (
  seed: number,
  seconds: number,
  {
    topology = topologyOf(seed),
    say = () => {},
  }: { topology?: Topology | undefined; say?: (line: string) => void } = {},
): Promise<NemesisRun> => {
  const redis = TOPOLOGIES[topology];
  const plan = planFaults(seed, seconds, redis);
  const fleet = await Fleet.start({ redis, environment: NODE_SIDE });
  const clients = new Clients(3);
  const notes = new Recorder();
  const troubles: string[] = [];
  let bridges: Bridges | undefined;
  let history: readonly HistoryEvent[] = [];
  try {
    const fresh = await holdingsOf(fleet.slot(0));
    const rooms: OwnedRoom[] = await Promise.all(Array.from({ length: ROOMS }, () => firstRoom(fleet)));
    const tokens = (n: number): TokenTerms => ({
      ...{ secret: fleet.environment['JWT_SECRET'] as string },
      ...TOKENS[n % 3 === 0 ? 'long' : 'short'],
    });
    const enter = async (n: number): Promise<Client> => {
      // The room may be locked or deleted meanwhile; then another one is used.
      for (let tries = 0; ; tries += 1) {
        const { room } = rooms[(n + tries) % ROOMS] as OwnedRoom;
        try {
          const client = await clients.open({ url: fleet.url, token: tokens(n), room, stays: true });
          await client.command('talk', { everyMs: TALK_MS });
          return client;
        } catch (error) {
          if (tries >= ROOMS || !/room_locked|room_not_found/.test((error as Error).message)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, n) => enter(n)));
    bridges = new Bridges(fleet.url, (event) => notes.add(event));
    const scene: UserScene = {
      fleet,
      clients,
      rooms,
      moderator: new Moderator(fleet.url, (event) => notes.add(event)),
      lostData: () => notes.events.some((event) => event.kind === 'fault' && DATA_LOSS.has(event.name)),
      contest: ({ name }) => notes.add({ kind: 'fault', name: SECOND_HOLDER, phase: 'start', target: [name] }),
      admit: async (pick) => void (await enter(Math.floor(pick * ROOMS))),
      knock: (room) => clients.open({ url: fleet.url, token: tokens(0), room }).catch(() => undefined),
    };
    const start = performance.now();
    const doOne = async ({ name, forMs, pick }: Omit<PlannedFault, 'at' | 'hold'>): Promise<void> => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      say(`  ${seconds.padStart(5)} s  ${name}${forMs > 0 ? ` for ${Math.ceil(forMs)} ms` : ''}`);
      const fault = isAction(name) ? undefined : ({ kind: 'fault', name: labelOf(name, redis) } as const);
      if (fault !== undefined) notes.add({ ...fault, phase: 'start' });
      const work = isAction(name) ? ACTIONS[name](scene, forMs, pick) : INJECTORS[name](scene, forMs, pick);
      await bounded(work, FAULT_MS).catch((error) => {
        troubles.push(`"${name}" could not be done: ${(error as Error).stack}`);
      });
      if (fault !== undefined) notes.add({ ...fault, phase: 'stop' });
    };
    const holds = new KeyedQueue<Hold>();
    await Promise.all(
      plan.map(async (planned) => {
        await wait(Math.max(0, start + planned.at - performance.now()));
        await holds.run(planned.hold, () => doOne(planned));
      }),
    );
    await fleet.heal();
    notes.add({ kind: 'quiet' });
    const quietAt = performance.now();
    await converge(fleet, clients, rooms);
    await bridges.exchange(CONVERGE_MS);
    await wait(Math.max(0, quietAt + RECOVERY_MS - performance.now()));
    for (const [n, name] of CALM_ACTIONS.entries()) {
      await doOne({ name, forMs: CALM_ACTION_MS, pick: ((seed + n) % 7) / 7 });
    }
    await converge(fleet, clients, rooms);
    await wait(CALM_MS);
    await Promise.all(clients.alive.map((client) => client.command('hush')));
    await until(async () => (await clients.views()).every(({ waiting }) => waiting === 0), SETTLE_MS);
    await converge(fleet, clients, rooms);
    await bridges.exchange(CONVERGE_MS);
    bridges.stop();
    for (const key of await keysOf(fleet)) notes.add(key);
    notes.add({ kind: 'over' });
    history = merge(clients.history(), notes.events);
    await Promise.all(clients.alive.map((client) => client.leave()));
    await untilNothingIsLeft(fleet, fresh);
  } catch (error) {
    troubles.push((error as Error).message);
    for (const view of await clients.views().catch(() => [])) troubles.push(JSON.stringify(brief(view)));
  }
  for (const line of fleet.output.split('\n')) if (isAlarming(line)) troubles.push(line);
  if (history.length === 0) history = merge(clients.history(), notes.events);
  bridges?.stop();
  await clients.stop();
  await fleet.stop();
  return { seed, topology, plan, history, troubles };
};

/** Retries while a starting node answers 503 with `Retry-After`, as any application has to. */
const firstRoom = (fleet: Fleet): Promise<OwnedRoom> =>
  until(
    () =>
      fleet.account().catch((error) => {
        if ((error as Error).message.includes(': 503 ')) return undefined;
        throw error;
      }),
    CONVERGE_MS,
  ) as Promise<OwnedRoom>;

const FAILOVERS: ReadonlySet<FaultName> = new Set([
  ...(['redis killed', 'redis paused', 'redis stopped', 'redis failed over', 'redis failed back'] as const),
]);

/** The names by which the checker learns that the store may have lost writes. */
const labelOf = (name: FaultName, redis: RedisKind): string => {
  if (redis === 'standalone') return name === 'redis killed' ? 'redis_empty' : name.replaceAll(' ', '_');
  // A replica replaces a master that is silent for a second or two, and may lack its last writes.
  return FAILOVERS.has(name) ? 'redis_failover' : name.replaceAll(' ', '_');
};

/** Waits until every client is in its rooms, attached, and its rosters are exact. */
const converge = async (fleet: Fleet, clients: Clients, rooms: readonly OwnedRoom[]): Promise<void> => {
  await fleet.whenReady(CONVERGE_MS);
  const looksRight = async (): Promise<boolean> => {
    const views = await clients.views();
    // A client that left one of two rooms while the other was deleted learns late that it is in none.
    const homeless = new Set(views.filter(({ wanted }) => wanted.length === 0).map(({ name }) => name));
    for (const client of clients.alive)
      if (homeless.has(client.name)) await client.command('want', { room: rooms[0]?.room });
    return isRight(views);
  };
  await until(looksRight, CONVERGE_MS).catch(() => {
    throw new Error(`The system did not recover within ${CONVERGE_MS} ms without faults.`);
  });
};

const isRight = (views: readonly ClientView[]): boolean => {
  const all = views.flatMap(({ rooms }) => rooms);
  const isTrue = ({ room, attached, roster }: RoomView) => {
    const there = all.filter((other) => other.room === room).map(({ self }) => self);
    return attached && Object.keys(roster).length === there.length && there.every((self) => roster[self] === 'on');
  };
  return all.every(isTrue) && views.every(isWhereItWants);
};

const isWhereItWants = ({ rooms, wanted }: ClientView): boolean =>
  wanted.length > 0 && wanted.length === rooms.length && rooms.every(({ room }) => wanted.includes(room));

const brief = ({ results: _results, received: _received, rosterEvents: _events, ...view }: ClientView): object => view;

/** Log lines that no fault may cause. */
const isAlarming = (line: string): boolean =>
  /unhandledRejection|uncaughtException|a handler failed|"level":60/.test(line);

const bounded = async <Value>(work: Promise<Value>, ms: number): Promise<Value> => {
  const timer = new AbortController();
  const late = wait(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`The action did not end within ${ms} ms.`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => {});
  }
};
