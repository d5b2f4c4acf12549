import { type Counts, check } from '../history/checker.js';
import type { Violation } from '../history/verdict.js';
import type { NemesisRun } from './nemesis.js';

/** The resume window, the lease and the sweeps, with the timers of QUICK. */
const ORPHAN_MS = 25_000;

export interface Judgement {
  readonly counts: Counts;
  readonly violations: readonly Violation[];
}

/** Checks every invariant on the history of a run. */
export const judge = ({ history }: NemesisRun): Judgement => {
  const quietAt = history.find(({ kind }) => kind === 'quiet')?.t ?? Number.POSITIVE_INFINITY;
  const overAt = history.at(-1)?.t ?? 0;
  // The run has waited until rosters were equal and every signal had its result, so the end of the history is final.
  const convergeMs = Math.max(0, Math.min(10_000, overAt - quietAt));
  const orphanMs = Math.max(0, Math.min(ORPHAN_MS, overAt - quietAt));
  const bounds = { convergeMs, orphanMs };
  const { counts, violations } = check(history, bounds);
  const settled = check(history, { ...bounds, resultMs: 0 }).violations.filter(({ invariant }) => invariant === 'I9');
  const late = settled.filter(({ message }) => !violations.some((other) => other.message === message));
  return { counts: { ...counts, lost: counts.lost + late.length }, violations: [...violations, ...late] };
};

const ZERO: Counts = {
  signals: 0,
  faults: 0,
  delivered: 0,
  rejected: 0,
  peerGone: 0,
  unknown: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  ghosts: 0,
};

export const addCounts = (all: readonly Counts[]): Counts =>
  all.reduce(
    (sum, one) =>
      Object.fromEntries(
        Object.entries(sum).map(([name, value]) => [name, value + one[name as keyof Counts]]),
      ) as unknown as Counts,
    ZERO,
  );

/** The last line of a run. */
export const summary = ({ signals, faults, lost, duplicated, reordered, ghosts, unknown }: Counts): string =>
  `faults: ${signals} signals, ${faults} faults, ${lost} lost, ${duplicated} duplicated, ${reordered} reordered, ${ghosts} ghosts, ${unknown} unknown`;
