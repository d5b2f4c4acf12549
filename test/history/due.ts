import { type Interval, without } from './intervals.js';
import type { Timeline } from './timeline.js';

/**
 * When something committed at `since` must have taken effect: after `withinMs`, if nothing was wrong meanwhile nor so
 * shortly before that nodes were still recovering from it; otherwise once nothing has been wrong for `recoverMs`.
 * Infinite: not in this run.
 */
export const effectiveBy = (timeline: Timeline, since: number, withinMs: number, recoverMs: number): number => {
  const sound: Interval = [since - recoverMs, since + withinMs];
  const faults = faultsOf(timeline);
  if (!faults.some(([from, to]) => from < sound[1] && to > sound[0])) return since + withinMs;
  return soundFor(timeline, since, recoverMs);
};

/** When nothing has been wrong for so long after this moment. Infinite: not in this run. */
export const soundFor = (timeline: Timeline, since: number, ms: number): number => {
  const calm = without([since, timeline.overAt], faultsOf(timeline)).find(([from, to]) => to - from >= ms);
  return calm === undefined ? Number.POSITIVE_INFINITY : calm[0] + ms;
};

const faultsOf = ({ faults }: Timeline): Interval[] => faults.map(({ at }) => at);
