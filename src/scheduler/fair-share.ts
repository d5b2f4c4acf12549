/** How many groups have this size. */
export interface SizeCount {
  readonly size: number;
  readonly groups: number;
}

/**
 * The largest size that every group may keep so that all together keep at most `max` (max-min fairness): groups that are
 * smaller keep everything, whatever the others have.
 * @param limit upper bound of the answer
 */
export const fairShare = (sizes: readonly SizeCount[], max: number, limit: number): number => {
  let room = max;
  let groupsLeft = sizes.reduce((sum, { groups }) => sum + groups, 0);
  for (const { size, groups } of [...sizes].sort((a, b) => a.size - b.size)) {
    const share = Math.floor(room / groupsLeft);
    if (size > share) return Math.min(share, limit);
    room -= size * groups;
    groupsLeft -= groups;
  }
  return limit;
};
