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
/** How often a client sends on average. */
const TALK_MS = 120;
/** Nothing is wrong for so long, and from then on nothing that users do is excused by it. */
const RECOVERY_MS = 10_000;
/** Clients go on talking for so long after what users did last. */
const CALM_MS = 3_000;
/** How long an action in the calm takes. */
const CALM_ACTION_MS = 2_000;
/** Two clients of three have tokens that end in the run, from a callback that is slow and fails at times. */
const TOKENS = {
  long: { seconds: 3_600, slowMs: 0, failing: 0 },
  short: { seconds: 12, slowMs: 3_000, failing: 0.15 },
};
/** Bounds of a run's parts; beyond one it has failed. */
const FAULT_MS = 60_000;
const CONVERGE_MS = 60_000;
const SETTLE_MS = 60_000;

/** What a run did and left behind, to be judged. */
export interface NemesisRun {
  readonly seed: number;
  readonly topology: Topology;
  readonly plan: readonly PlannedFault[];
  readonly history: readonly HistoryEvent[];
  /** What did not come right again, or went wrong beside the history. */
  readonly troubles: readonly string[];
}

/** What the store may be. Standalone has a proxy between each node and Redis. */
export const TOPOLOGIES = {
  standalone: 'standalone',
  sentinel: 'sentinel',
  cluster: 'replicatedCluster',
} as const satisfies Record<string, RedisKind>;
export type Topology = keyof typeof TOPOLOGIES;

/** The topology of a seed for which none is named. */
export const topologyOf = (seed: number): Topology =>
  (['standalone', 'sentinel', 'cluster'] as const)[seed % 3] as Topology;

/** Real nodes, real clients and faults by a seed, until all has come right again, and nothing is left when all leave. */
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
      // A room may be locked, or deleted meanwhile: then another one.
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

/** A node that is busy starting answers 503 with the request to come back, as it does to any application. */
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

/** The checker knows by these names that the store may have forgotten something. */
const labelOf = (name: FaultName, redis: RedisKind): string => {
  if (redis === 'standalone') return name === 'redis killed' ? 'redis_empty' : name.replaceAll(' ', '_');
  // A master that is silent for a second or two has a successor, which may lack its last writes.
  return FAILOVERS.has(name) ? 'redis_failover' : name.replaceAll(' ', '_');
};

/** Everybody is in the rooms that they want, attached, and sees just those who are there. */
const converge = async (fleet: Fleet, clients: Clients, rooms: readonly OwnedRoom[]): Promise<void> => {
  await fleet.whenReady(CONVERGE_MS);
  const looksRight = async (): Promise<boolean> => {
    const views = await clients.views();
    // A client that left one of two rooms while the other was deleted learns late that it has none.
    const homeless = new Set(views.filter(({ wanted }) => wanted.length === 0).map(({ name }) => name));
    for (const client of clients.alive)
      if (homeless.has(client.name)) await client.command('want', { room: rooms[0]?.room });
    return isRight(views);
  };
  await until(looksRight, CONVERGE_MS).catch(() => {
    throw new Error(`It did not come right again within ${CONVERGE_MS} ms of quiet.`);
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

/** A line of a node's log that must not be there, whatever was done to it. */
const isAlarming = (line: string): boolean =>
  /unhandledRejection|uncaughtException|a handler failed|"level":60/.test(line);

const bounded = async <Value>(work: Promise<Value>, ms: number): Promise<Value> => {
  const timer = new AbortController();
  const late = wait(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`It was not done within ${ms} ms.`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => {});
  }
};
