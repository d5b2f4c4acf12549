import DataLoader from 'dataloader';
import { isDatabaseLost } from './database-errors.js';

/** Keys of one question; what is beyond goes into the next one. */
const MOST_KEYS = 200;

/**
 * Makes one question of all that is asked for within one turn of the event loop: what a query costs this process is
 * mostly the query, not its rows, and people come in crowds after a node's death. Nothing is remembered.
 * @param ask one answer for each key, in their order
 */
export const askedTogether = <K, V>(ask: (keys: readonly K[]) => Promise<readonly V[]>): ((key: K) => Promise<V>) => {
  const loader = new DataLoader<K, V>((keys) => answers(ask, keys), {
    cache: false,
    maxBatchSize: MOST_KEYS,
    batchScheduleFn: (callback) => void setImmediate(callback),
  });
  return (key) => loader.load(key);
};

/** A key that the database cannot be asked for fails alone. */
const answers = async <K, V>(
  ask: (keys: readonly K[]) => Promise<readonly V[]>,
  keys: readonly K[],
): Promise<readonly (V | Error)[]> => {
  try {
    return await ask(keys);
  } catch (error) {
    if (keys.length === 1 || isDatabaseLost(error)) return keys.map(() => error as Error);
    return Promise.all(
      keys.map((key) =>
        ask([key]).then(
          ([answer]) => answer as V,
          (fault: Error) => fault,
        ),
      ),
    );
  }
};
