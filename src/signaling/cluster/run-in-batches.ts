/** One that is not answered costs the time-out of a command: it must not cost every other one that too. */
const CONCURRENCY = 16;

/**
 * Does something for each item, some at a time. In a Redis Cluster the rooms of one master may be away while those of
 * the others are not: what fails for one room must not keep the rest from their turn, or other nodes would take them
 * for forgotten.
 * @throws the first failure, once all had their turn
 */
export const runInBatches = async <Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> => {
  const waiting = [...items];
  const failures: unknown[] = [];
  while (waiting.length > 0) {
    const results = await Promise.allSettled(waiting.splice(0, CONCURRENCY).map(work));
    for (const result of results) if (result.status === 'rejected') failures.push(result.reason);
  }
  if (failures.length > 0) throw failures[0];
};
