/** Statistics of one figure over several rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly max: number;
}

/** @param values at least one */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
  return { median, least: sorted[0] as number, max: sorted.at(-1) as number };
};
