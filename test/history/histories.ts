import { check } from './checker.js';
import type { HistoryEvent } from './history.js';
import { merge, type Unstamped } from './recorder.js';

/** An event and its time in milliseconds. */
export type At = readonly [t: number, event: Unstamped];
const history = (...events: readonly At[]): HistoryEvent[] =>
  merge(events.map(([t, event]) => ({ t, ...event }) as HistoryEvent));

export const send = (id: string, from = 'a', to = 'b', more: object = {}): Unstamped => ({
  ...{ kind: 'send', from, to, id, hash: `#${id}`, room: 'r', session: `s-${from}` },
  ...more,
});
export const dlv = (id: string, at = 'b', from = 'a', more: object = {}): Unstamped => ({
  ...{ kind: 'dlv', at, from, id, hash: `#${id}` },
  ...more,
});
export const out = (
  id: string,
  result: 'delivered' | 'rejected' | 'peer_gone' | 'unknown',
  why?: string,
): Unstamped => ({
  kind: 'out',
  id,
  result,
  why,
});
export const fault = (name: string, phase: 'start' | 'stop', target?: string[]): Unstamped => ({
  kind: 'fault',
  name,
  phase,
  ...(target && { target }),
});
export const seen = (peer: string, event: 'joined' | 'left', of: string, reason?: string): Unstamped => ({
  kind: 'seen',
  peer,
  event,
  of,
  ...(reason && { reason }),
});
export const roster = (peer: string, version: number, on: readonly string[], epoch = 'e'): Unstamped => ({
  ...{ kind: 'roster', peer, epoch, version },
  set: Object.fromEntries(on.map((one) => [one, 'on'])),
});

/** Three peers that are there from beginning to end, and in whose life nothing was wrong. */
export const calm = (more: readonly At[] = [], { peers = ['a', 'b', 'c'], overAt = 200_000 } = {}): HistoryEvent[] =>
  history(
    ...peers.flatMap((peer): At[] => [
      [0, { kind: 'live', peer, user: `u-${peer}`, room: 'r', session: `s-${peer}` }],
      [1, { kind: 'attached', peer, on: true }],
      [2, roster(peer, 3, peers)],
    ]),
    [100_000, { kind: 'quiet' }],
    ...more,
    [overAt, { kind: 'over' }],
  );

/** The invariants that the checker finds broken. */
export const broken = (events: readonly HistoryEvent[]) => check(events).violations.map(({ invariant }) => invariant);

/** A life that is over by the end: it is in no roster that comes after. */
export const withoutC = (t: number): At[] => [
  [t, roster('a', 9, ['a', 'b'])],
  [t, roster('b', 9, ['a', 'b'])],
];
