import { seeded } from '../../client/src/testing/virtual-clock.js';
import type { RedisKind } from './fleet.js';

/** One fault or one action of a user: what, when, for how long, and on what. */
export interface PlannedFault {
  readonly name: FaultName | ActionName;
  readonly hold: Hold;
  /** Milliseconds from the start. */
  readonly at: number;
  readonly forMs: number;
  /** From 0 to 1: selects one of the candidates at that time. */
  readonly pick: number;
}

/** The part that a fault affects. Only one fault at a time affects a part, or they would undo each other. */
export type Hold = 'slot' | 'network' | 'redis' | 'link' | 'postgres' | 'client' | 'user' | 'room';

interface Kind {
  readonly hold: Hold;
  readonly leastMs: number;
  readonly maxMs: number;
  readonly weight: number;
  readonly only?: readonly RedisKind[];
}

const PROXIED: readonly RedisKind[] = ['standalone'];
const REPLICATED: readonly RedisKind[] = ['sentinel', 'replicatedCluster'];

const KINDS = {
  'node killed': { hold: 'slot', leastMs: 500, maxMs: 4_000, weight: 4 },
  'node killed at a step': { hold: 'slot', leastMs: 1_000, maxMs: 3_500, weight: 3 },
  'node replaced': { hold: 'slot', leastMs: 0, maxMs: 0, weight: 3 },
  'node stopped': { hold: 'slot', leastMs: 500, maxMs: 9_000, weight: 3 },
  'sockets cut': { hold: 'client', leastMs: 0, maxMs: 0, weight: 3 },
  'socket half open': { hold: 'client', leastMs: 0, maxMs: 0, weight: 3 },
  'reader stalled': { hold: 'client', leastMs: 500, maxMs: 6_000, weight: 2 },
  'network slow': { hold: 'network', leastMs: 1_000, maxMs: 5_000, weight: 2 },
  'network sliced': { hold: 'network', leastMs: 1_000, maxMs: 3_000, weight: 1 },
  'network held': { hold: 'network', leastMs: 500, maxMs: 4_000, weight: 2 },
  'network dead': { hold: 'network', leastMs: 1_000, maxMs: 9_000, weight: 2 },
  'redis cut from a node': { hold: 'link', leastMs: 500, maxMs: 9_000, weight: 3, only: PROXIED },
  'redis deaf to a node': { hold: 'link', leastMs: 500, maxMs: 5_000, weight: 1, only: PROXIED },
  'redis replies swallowed': { hold: 'link', leastMs: 300, maxMs: 3_000, weight: 2, only: PROXIED },
  'redis held': { hold: 'link', leastMs: 300, maxMs: 2_500, weight: 1, only: PROXIED },
  'redis slow': { hold: 'link', leastMs: 1_000, maxMs: 5_000, weight: 1, only: PROXIED },
  'redis killed': { hold: 'redis', leastMs: 200, maxMs: 4_000, weight: 3 },
  'redis paused': { hold: 'redis', leastMs: 500, maxMs: 4_000, weight: 2 },
  'redis stopped': { hold: 'redis', leastMs: 500, maxMs: 5_000, weight: 2 },
  'redis scripts flushed': { hold: 'redis', leastMs: 0, maxMs: 0, weight: 1 },
  'redis failed over': { hold: 'redis', leastMs: 0, maxMs: 0, weight: 5, only: REPLICATED },
  'redis failed back': { hold: 'redis', leastMs: 14_000, maxMs: 20_000, weight: 3, only: REPLICATED },
  'postgres away': { hold: 'postgres', leastMs: 500, maxMs: 3_000, weight: 1 },
  'hello late': { hold: 'client', leastMs: 100, maxMs: 4_000, weight: 2 },
  'hello twice': { hold: 'client', leastMs: 0, maxMs: 500, weight: 2 },
  'client crashed': { hold: 'client', leastMs: 0, maxMs: 2_000, weight: 2 },
  'client left': { hold: 'client', leastMs: 0, maxMs: 2_000, weight: 2 },
} as const satisfies Record<string, Kind>;

export type FaultName = keyof typeof KINDS;

/** Actions of users and moderators. They are no faults: they excuse no failure. */
const ACTIONS = {
  'join cancelled': { hold: 'user', leastMs: 0, maxMs: 300, weight: 3 },
  'join repeated': { hold: 'user', leastMs: 0, maxMs: 200, weight: 3 },
  'room entered again': { hold: 'user', leastMs: 0, maxMs: 0, weight: 3 },
  'second room': { hold: 'user', leastMs: 0, maxMs: 0, weight: 3 },
  'page reloaded': { hold: 'user', leastMs: 0, maxMs: 0, weight: 2 },
  'user kicked': { hold: 'room', leastMs: 0, maxMs: 0, weight: 3 },
  'user banned': { hold: 'room', leastMs: 2_000, maxMs: 5_000, weight: 2 },
  'room locked': { hold: 'room', leastMs: 2_000, maxMs: 5_000, weight: 2 },
  'room deleted': { hold: 'room', leastMs: 0, maxMs: 0, weight: 1 },
} as const satisfies Record<string, Kind>;

export type ActionName = keyof typeof ACTIONS;

/** Actions in the time without faults, each once and in this order. No failure is excused there. */
export const CALM_ACTIONS: readonly ActionName[] = [
  ...(['second room', 'join cancelled', 'join repeated', 'room entered again'] as const),
  ...(['user kicked', 'user banned', 'room locked', 'room deleted'] as const),
];

export const isAction = (name: PlannedFault['name']): name is ActionName => name in ACTIONS;

/**
 * Time that a part needs after a fault before the next one, for example to start a process. It is an estimate that
 * spreads the faults; the run itself waits for the node, whose drain and start depend on the other faults.
 */
const AFTER_MS: Record<Hold, number> = {
  slot: 4_000,
  network: 500,
  redis: 2_500,
  link: 500,
  postgres: 2_000,
  client: 0,
  user: 0,
  room: 0,
};

/**
 * Derives faults and actions from a seed: the same seed, length and kind of Redis give the same plan. One to three
 * faults are active most of the time.
 */
export const planFaults = (seed: number, seconds: number, redis: RedisKind): PlannedFault[] => {
  const faults = Object.entries<Kind>(KINDS).filter(([, { only }]) => only === undefined || only.includes(redis));
  const actions = Object.entries<Kind>(ACTIONS);
  // Separate random numbers: a new kind of fault does not change the actions of a seed, and vice versa.
  return [...draw(faults, seed, seconds), ...draw(actions, seed + 1, seconds)].sort((a, b) => a.at - b.at);
};

const draw = (kinds: readonly [string, Kind][], seed: number, seconds: number): PlannedFault[] => {
  const random = seeded(seed);
  const urn = kinds.flatMap((entry) => Array.from({ length: entry[1].weight }, () => entry));
  const freeAt = new Map<Hold, number>();
  const plan: PlannedFault[] = [];
  for (let at = 500 + random() * 1_000; at < seconds * 1_000; at += 150 + random() * 1_500) {
    const [name, kind] = urn[Math.floor(random() * urn.length)] as [PlannedFault['name'], Kind];
    const forMs = kind.leastMs + random() * (kind.maxMs - kind.leastMs);
    const pick = random();
    if ((freeAt.get(kind.hold) ?? 0) > at) continue;
    freeAt.set(kind.hold, at + forMs + AFTER_MS[kind.hold]);
    plan.push({ name, hold: kind.hold, at, forMs, pick });
  }
  return plan;
};
