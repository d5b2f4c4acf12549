/** Answers of the policy in this process since it began, by action and outcome (`allowed`, or the code of the refusal). */
const counts = new Map<string, Map<string, number>>();

/** Counts one answer. */
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
