/** Operations in flight at once: one that times out must not add its time-out to that of all others. */
const CONCURRENCY = 16;

/**
 * Runs an operation for each item, at most 16 at a time, and does not stop at a failure. In a Redis Cluster one master
 * may be unavailable while the others answer: their rooms must still be served, or other nodes would treat this node
 * as gone there.
 * @throws the first failure, once every item was tried
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
