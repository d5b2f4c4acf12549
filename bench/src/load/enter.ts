import type { Address, Dialect, Peer, Who } from './dialect.js';

/** One that is to come in. */
export interface Guest {
  readonly at: Address;
  readonly who: Who;
  readonly room: string;
}

/** So many come in at once. */
const AT_ONCE = 16;

/** Does something with each of these, a few at a time; the results in their order. */
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

/** Lets all of them connect and join. */
export const enterAll = (dialect: Dialect, guests: readonly Guest[], atOnce = AT_ONCE): Promise<Peer[]> =>
  inTurns(guests, atOnce, async ({ at, who, room }) => dialect.join(await dialect.connect(at, who), room));
