import { bridgesComeBack, bridgesKeepApart } from './bridge-rules.js';
import type { HistoryEvent } from './history.js';
import { answersReachTheLobby } from './lobby-rules.js';
import {
  allAttached,
  bounded,
  isSuperseded,
  oneLeave,
  removedIsSilent,
  trueRosters,
  versionsRise,
} from './presence-rules.js';
import {
  goneIsOver,
  honestUnknown,
  nothingInvented,
  onceInOrder,
  oneResult,
  soundAfterFaults,
  trueResults,
  trueSender,
} from './signal-rules.js';
import { resultOf, Timeline } from './timeline.js';
import {
  cancelledLeavesNobody,
  deletedIsEmpty,
  liftedBansAreOver,
  lockedStaysClosed,
  ownCancelsOnly,
  reloadEndsTheOld,
  removedByRestIsSilent,
  removedIsOut,
  rolesAreTrue,
} from './user-rules.js';
import { BOUNDS, type Bounds, type Invariant, type Rule, type Violation } from './verdict.js';

const RULES: readonly Rule[] = [
  oneResult,
  nothingInvented,
  onceInOrder,
  trueResults,
  soundAfterFaults,
  goneIsOver,
  allAttached,
  versionsRise,
  trueRosters,
  bounded,
  honestUnknown,
  isSuperseded,
  removedIsSilent,
  trueSender,
  oneLeave,
  removedByRestIsSilent,
  cancelledLeavesNobody,
  removedIsOut,
  lockedStaysClosed,
  deletedIsEmpty,
  reloadEndsTheOld,
  rolesAreTrue,
  liftedBansAreOver,
  ownCancelsOnly,
  answersReachTheLobby,
  bridgesKeepApart,
  bridgesComeBack,
];

/** How much a history holds, and of what kind. */
export interface Counts {
  readonly signals: number;
  readonly faults: number;
  readonly delivered: number;
  readonly rejected: number;
  readonly peerGone: number;
  readonly unknown: number;
  /** Signals with no result, a false one, or one that the state of the network does not excuse. */
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Who is shown and not there, or there and not shown, or there and must not be. */
  readonly ghosts: number;
}

/** What a history proves. */
export interface Verdict {
  readonly violations: readonly Violation[];
  readonly counts: Counts;
}

const LOST: readonly Invariant[] = ['I5', 'I6', 'I8', 'I9', 'I14', 'I26'];
const GHOSTS: readonly Invariant[] = ['I11', 'I12', 'I19', 'I20', 'I21', 'I22', 'I23', 'I24'];

/**
 * Judges a whole run: all its events in the order of their times, ended by `quiet` and 100 s (or as much as it takes)
 * without faults. Pure.
 */
export const check = (events: readonly HistoryEvent[], bounds: Partial<Bounds> = {}): Verdict => {
  const timeline = new Timeline(events);
  const violations = RULES.flatMap((rule) => rule(timeline, { ...BOUNDS, ...bounds }));
  const signals = [...timeline.signals.values()];
  const results = signals.map(resultOf);
  const of = (...invariants: readonly Invariant[]) =>
    violations.filter(({ invariant }) => invariants.includes(invariant)).length;
  return {
    violations,
    counts: {
      signals: signals.length,
      faults: timeline.faults.length,
      delivered: results.filter((result) => result === 'delivered').length,
      rejected: results.filter((result) => result === 'rejected').length,
      peerGone: results.filter((result) => result === 'peer_gone').length,
      unknown: results.filter((result) => result === 'unknown').length,
      lost: of(...LOST),
      duplicated: of('I3'),
      reordered: of('I4'),
      ghosts: of(...GHOSTS),
    },
  };
};
