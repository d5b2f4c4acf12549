import { ask, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';

/** The owner of each slot of a cluster. */
export interface ClusterMap {
  /** Ports. */
  readonly masters: readonly number[];
  /** The port of the master that owns this key. */
  ownerOf(key: string): Promise<number>;
  readonly idOf: ReadonlyMap<number, string>;
}

/** Reads the slot map from the servers that answer; waits until it covers all slots. */
export const mapOf = (redis: TestRedis): Promise<ClusterMap> =>
  until(async () => {
    for (const { port } of redis.servers) {
      const slots = (await ask(port, 'cluster', 'slots').catch(() => [])) as [
        number,
        number,
        [string, number, string],
      ][];
      const covered = slots.reduce((sum, [first, last]) => sum + last - first + 1, 0);
      if (covered !== 16_384) continue;
      return {
        masters: [...new Set(slots.map(([, , [, master]]) => master))],
        ownerOf: async (key: string) => {
          const slot = await slotOf(port, key);
          return slots.find(([first, last]) => first <= slot && slot <= last)?.[2][1] as number;
        },
        idOf: new Map(slots.map(([, , [, master, id]]) => [master, id])),
      };
    }
    return undefined;
  });

/**
 * Moves the slot of a key to another master, as `redis-cli --cluster reshard` does.
 * @param midway called while some of its keys have moved and others have not
 */
export const moveSlot = async (
  redis: TestRedis,
  map: ClusterMap,
  key: string,
  to: number,
  midway: () => Promise<void>,
): Promise<void> => {
  const from = await map.ownerOf(key);
  const slot = await slotOf(from, key);
  await ask(to, 'cluster', 'setslot', slot, 'importing', map.idOf.get(from) as string);
  await ask(from, 'cluster', 'setslot', slot, 'migrating', map.idOf.get(to) as string);
  await ask(from, 'migrate', '127.0.0.1', to, key, 0, 5_000);
  await midway();
  for (;;) {
    const keys = (await ask(from, 'cluster', 'getkeysinslot', slot, 100)) as string[];
    if (keys.length === 0) break;
    await ask(from, 'migrate', '127.0.0.1', to, '', 0, 5_000, 'keys', ...keys);
  }
  for (const port of [to, from, ...map.masters]) {
    await ask(port, 'cluster', 'setslot', slot, 'node', map.idOf.get(to) as string);
  }
  await until(async () => (await (await mapOf(redis)).ownerOf(key)) === to);
};

const slotOf = async (port: number, key: string): Promise<number> => Number(await ask(port, 'cluster', 'keyslot', key));
