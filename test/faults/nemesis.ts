import { setTimeout as wait } from 'node:timers/promises';
import { DATA_LOSS, type HistoryEvent, SECOND_HOLDER } from '../history/history.js';
import { merge, Recorder } from '../history/recorder.js';
import { until } from '../support/until.js';
import { type Client, Clients, type ClientView } from './clients.js';
import { Fleet, type RedisKind } from './fleet.js';
import { INJECTORS, type Scene } from './injectors.js';
import { KeyedQueue } from './keyed-queue.js';
import { holdingsOf, keysOf, untilNothingIsLeft } from './leaks.js';
import { NODE_SIDE } from './node-side.js';
import { type FaultName, type Hold, type PlannedFault, planFaults } from './plan.js';

const ROOMS = 3;
const CLIENTS = 12;
/** How often a client sends on average. */
const TALK_MS = 120;
/** Clients go on talking for so long after the last fault. */
const CALM_MS = 3_000;
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
  let history: readonly HistoryEvent[] = [];
  try {
    const fresh = await holdingsOf(fleet.place(0));
    const rooms = await Promise.all(Array.from({ length: ROOMS }, () => fleet.account()));
    const enter = async (n: number): Promise<Client> => {
      const { token, room } = rooms[n % ROOMS] as (typeof rooms)[number];
      const client = await clients.open({ url: fleet.url, token, room });
      await client.command('talk', { everyMs: TALK_MS });
      return client;
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, n) => enter(n)));
    const scene: Scene = {
      fleet,
      clients,
      lostData: () => notes.events.some((event) => event.kind === 'fault' && DATA_LOSS.has(event.name)),
      contest: ({ name }) => notes.add({ kind: 'fault', name: SECOND_HOLDER, phase: 'start', target: [name] }),
      admit: async (pick) => void (await enter(Math.floor(pick * ROOMS))),
    };
    const start = performance.now();
    const inject = async ({ name, forMs, pick }: PlannedFault): Promise<void> => {
      const fault = { kind: 'fault', name: labelOf(name, redis) } as const;
      notes.add({ ...fault, phase: 'start' });
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      say(`  ${seconds.padStart(5)} s  ${name}${forMs > 0 ? ` for ${Math.ceil(forMs)} ms` : ''}`);
      await bounded(INJECTORS[name](scene, forMs, pick), FAULT_MS).catch((error) => {
        troubles.push(`The fault "${name}" could not be done: ${(error as Error).stack}`);
      });
      notes.add({ ...fault, phase: 'stop' });
    };
    const holds = new KeyedQueue<Hold>();
    await Promise.all(
      plan.map(async (fault) => {
        await wait(Math.max(0, start + fault.at - performance.now()));
        await holds.run(fault.hold, () => inject(fault));
      }),
    );
    await fleet.heal();
    notes.add({ kind: 'quiet' });
    await converge(fleet, clients);
    await wait(CALM_MS);
    await Promise.all(clients.living.map((client) => client.command('hush')));
    await until(async () => (await clients.views()).every(({ waiting }) => waiting === 0), SETTLE_MS);
    await converge(fleet, clients);
    for (const key of await keysOf(fleet)) notes.add(key);
    notes.add({ kind: 'over' });
    history = merge(clients.history(), notes.events);
    await Promise.all(clients.living.map((client) => client.leave()));
    await untilNothingIsLeft(fleet, fresh);
  } catch (error) {
    troubles.push((error as Error).message);
    for (const view of await clients.views().catch(() => [])) troubles.push(JSON.stringify(brief(view)));
  }
  for (const line of fleet.output.split('\n')) if (isAlarming(line)) troubles.push(line);
  if (history.length === 0) history = merge(clients.history(), notes.events);
  await clients.stop();
  await fleet.stop();
  return { seed, topology, plan, history, troubles };
};

const FAILOVERS: ReadonlySet<FaultName> = new Set([
  ...(['redis killed', 'redis paused', 'redis stopped', 'redis failed over', 'redis failed back'] as const),
]);

/** The checker knows by these names that the store may have forgotten something. */
const labelOf = (name: FaultName, redis: RedisKind): string => {
  if (redis === 'standalone') return name === 'redis killed' ? 'redis_empty' : name.replaceAll(' ', '_');
  // A master that is silent for a second or two has a successor, which may lack its last writes.
  return FAILOVERS.has(name) ? 'redis_failover' : name.replaceAll(' ', '_');
};

/** Everybody is attached, and sees just those who are there. */
const converge = async (fleet: Fleet, clients: Clients): Promise<void> => {
  await fleet.whenReady(CONVERGE_MS);
  let last: ClientView[] = [];
  await until(async () => {
    last = await clients.views();
    return isRight(last);
  }, CONVERGE_MS).catch(() => {
    throw new Error(`It did not come right again within ${CONVERGE_MS} ms of quiet.`);
  });
};

const isRight = (views: readonly ClientView[]): boolean =>
  views.every(({ attached, room, roster }) => {
    const there = views.filter((view) => view.room === room).map(({ self }) => self as string);
    const seen = Object.entries(roster ?? {});
    return attached && seen.length === there.length && there.every((self) => roster?.[self] === 'on');
  });

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
