/** From (inclusive) to (exclusive), in milliseconds. */
export type Interval = readonly [from: number, to: number];

/** Touching and overlapping intervals as one, in order. */
export const union = (intervals: readonly Interval[]): Interval[] => {
  const merged: [number, number][] = [];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
};

export const intersect = (some: readonly Interval[], others: readonly Interval[]): Interval[] =>
  some.flatMap(([from, to]) =>
    others
      .map(([start, stop]): Interval => [Math.max(from, start), Math.min(to, stop)])
      .filter(([start, stop]) => stop > start),
  );

/** What of `whole` is in none of `holes`. */
export const without = (whole: Interval, holes: readonly Interval[]): Interval[] => {
  const left: Interval[] = [];
  let at = whole[0];
  for (const [from, to] of union(holes)) {
    if (from > at) left.push([at, Math.min(from, whole[1])]);
    at = Math.max(at, to);
    if (at >= whole[1]) return left;
  }
  left.push([at, whole[1]]);
  return left;
};

export const longest = (intervals: readonly Interval[]): number =>
  Math.max(0, ...intervals.map(([from, to]) => to - from));
