/** Policy decisions of this process since its start, by action and outcome (`allowed`, or an error code). */
const counts = new Map<string, Map<string, number>>();

/** Counts one decision. */
export const counted = (action: string, outcome: string): void => {
  let outcomes = counts.get(action);
  if (outcomes === undefined) {
    outcomes = new Map();
    counts.set(action, outcomes);
  }
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
};

/** All counts, for the metrics: action, outcome, number. */
export const policyCounts = (): readonly (readonly [string, string, number])[] =>
  [...counts].flatMap(([action, outcomes]) => [...outcomes].map(([outcome, n]) => [action, outcome, n] as const));
