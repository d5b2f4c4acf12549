import type { Address, Dialect, Peer, Who } from './dialect.js';

/** A client that will join. */
export interface Guest {
  readonly at: Address;
  readonly who: Who;
  readonly room: string;
}

/** Maximum clients that join at the same time. */
const AT_ONCE = 16;

/** Processes items concurrently, a few at a time. @returns the results in the order of the items */
export const inTurns = async <T, R>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const queue = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await act(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, queue));
  return results;
};

/** Connects all clients and joins their rooms. */
export const enterAll = (dialect: Dialect, guests: readonly Guest[], atOnce = AT_ONCE): Promise<Peer[]> =>
  inTurns(guests, atOnce, async ({ at, who, room }) => dialect.join(await dialect.connect(at, who), room));
