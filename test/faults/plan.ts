import { seeded } from '../../client/src/testing/virtual-clock.js';
import type { RedisKind } from './fleet.js';

/** One fault that will be: what, when, for how long, and to whom. */
export interface PlannedFault {
  readonly name: FaultName;
  readonly hold: Hold;
  /** Milliseconds from the start. */
  readonly at: number;
  readonly forMs: number;
  /** From 0 to 1: which of those that there are then. */
  readonly pick: number;
}

/** What a fault takes hold of. Of faults of one hold there is one at a time, or they would undo each other. */
export type Hold = 'place' | 'network' | 'redis' | 'link' | 'postgres' | 'client';

interface Kind {
  readonly hold: Hold;
  readonly leastMs: number;
  readonly mostMs: number;
  readonly weight: number;
  readonly only?: readonly RedisKind[];
}

const PROXIED: readonly RedisKind[] = ['standalone'];
const REPLICATED: readonly RedisKind[] = ['sentinel', 'replicatedCluster'];

const KINDS = {
  'node killed': { hold: 'place', leastMs: 500, mostMs: 4_000, weight: 4 },
  'node killed at a step': { hold: 'place', leastMs: 1_000, mostMs: 3_500, weight: 3 },
  'node replaced': { hold: 'place', leastMs: 0, mostMs: 0, weight: 3 },
  'node stopped': { hold: 'place', leastMs: 500, mostMs: 9_000, weight: 3 },
  'sockets cut': { hold: 'client', leastMs: 0, mostMs: 0, weight: 3 },
  'socket half open': { hold: 'client', leastMs: 0, mostMs: 0, weight: 3 },
  'reader stalled': { hold: 'client', leastMs: 500, mostMs: 6_000, weight: 2 },
  'network slow': { hold: 'network', leastMs: 1_000, mostMs: 5_000, weight: 2 },
  'network sliced': { hold: 'network', leastMs: 1_000, mostMs: 3_000, weight: 1 },
  'network held': { hold: 'network', leastMs: 500, mostMs: 4_000, weight: 2 },
  'network dead': { hold: 'network', leastMs: 1_000, mostMs: 9_000, weight: 2 },
  'redis cut from a node': { hold: 'link', leastMs: 500, mostMs: 9_000, weight: 3, only: PROXIED },
  'redis deaf to a node': { hold: 'link', leastMs: 500, mostMs: 5_000, weight: 1, only: PROXIED },
  'redis replies swallowed': { hold: 'link', leastMs: 300, mostMs: 3_000, weight: 2, only: PROXIED },
  'redis held': { hold: 'link', leastMs: 300, mostMs: 2_500, weight: 1, only: PROXIED },
  'redis slow': { hold: 'link', leastMs: 1_000, mostMs: 5_000, weight: 1, only: PROXIED },
  'redis killed': { hold: 'redis', leastMs: 200, mostMs: 4_000, weight: 3 },
  'redis paused': { hold: 'redis', leastMs: 500, mostMs: 4_000, weight: 2 },
  'redis stopped': { hold: 'redis', leastMs: 500, mostMs: 5_000, weight: 2 },
  'redis scripts flushed': { hold: 'redis', leastMs: 0, mostMs: 0, weight: 1 },
  'redis failed over': { hold: 'redis', leastMs: 0, mostMs: 0, weight: 5, only: REPLICATED },
  'redis failed back': { hold: 'redis', leastMs: 14_000, mostMs: 20_000, weight: 3, only: REPLICATED },
  'postgres away': { hold: 'postgres', leastMs: 500, mostMs: 3_000, weight: 1 },
  'hello late': { hold: 'client', leastMs: 100, mostMs: 4_000, weight: 2 },
  'hello twice': { hold: 'client', leastMs: 0, mostMs: 500, weight: 2 },
  'client crashed': { hold: 'client', leastMs: 0, mostMs: 2_000, weight: 2 },
  'client left': { hold: 'client', leastMs: 0, mostMs: 2_000, weight: 2 },
} as const satisfies Record<string, Kind>;

export type FaultName = keyof typeof KINDS;

/**
 * What a hold needs beyond the fault itself, before the next: a process that is replaced has to start. An estimate,
 * which spreads the faults: how long a node drains and starts depends on the other faults, so the run waits for it.
 */
const AFTER_MS: Record<Hold, number> = {
  place: 4_000,
  network: 500,
  redis: 2_500,
  link: 500,
  postgres: 2_000,
  client: 0,
};

/** The same seed, length and kind of Redis give the same faults. One to three are on at once, most of the time. */
export const planFaults = (seed: number, seconds: number, redis: RedisKind): PlannedFault[] => {
  const random = seeded(seed);
  const kinds = Object.entries<Kind>(KINDS).filter(([, { only }]) => only === undefined || only.includes(redis));
  const urn = kinds.flatMap((entry) => Array.from({ length: entry[1].weight }, () => entry));
  const freeAt = new Map<Hold, number>();
  const plan: PlannedFault[] = [];
  for (let at = 500 + random() * 1_000; at < seconds * 1_000; at += 150 + random() * 1_500) {
    const [name, kind] = urn[Math.floor(random() * urn.length)] as [string, Kind];
    const forMs = kind.leastMs + random() * (kind.mostMs - kind.leastMs);
    const pick = random();
    if ((freeAt.get(kind.hold) ?? 0) > at) continue;
    freeAt.set(kind.hold, at + forMs + AFTER_MS[kind.hold]);
    plan.push({ name: name as FaultName, hold: kind.hold, at, forMs, pick });
  }
  return plan;
};
