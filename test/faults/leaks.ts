import type { HistoryEvent } from '../history/history.js';
import { ask } from '../support/redis.js';
import { until } from '../support/until.js';
import type { Fleet, NodeSlot } from './fleet.js';
import { commandNode } from './node-side.js';
import { mastersOf } from './redis-servers.js';

/** Heap that an idle node may have in addition to a new one: database connections, compiled code. */
const MORE_HANDLES = 24;
const MORE_HEAP_BYTES = 24 * 1024 * 1024;
/** Members of dead nodes are first away, then ended. */
const EMPTY_MS = 60_000;

/** The resources that a node holds. */
export interface Holdings {
  readonly handles: number;
  readonly heapBytes: number;
}

/** @param slot of a node started with NODE_SIDE */
export const holdingsOf = async (slot: NodeSlot): Promise<Holdings> => ({
  handles: Math.max(0, ...(await metrics(slot, 'nodejs_active_handles_total'))),
  heapBytes: await commandNode(slot.node!, 'heapBytes'),
});

/** Lists every key of Redis with its time to live, for invariant I13. */
export const keysOf = async (fleet: Fleet): Promise<readonly Omit<Extract<HistoryEvent, { kind: 'key' }>, 't'>[]> => {
  const found: Omit<Extract<HistoryEvent, { kind: 'key' }>, 't'>[] = [];
  for (const { port } of await mastersOf(fleet.redis)) {
    for (const key of (await ask(port, 'keys', '*')) as string[]) {
      const ttlMs = Number(await ask(port, 'pttl', key));
      // -2: the key expired between the two commands.
      if (ttlMs !== -2) found.push({ kind: 'key', key, ttlMs });
    }
  }
  return found;
};

/**
 * Waits, after all clients have left, until nodes and Redis hold nothing of them any more.
 * @param fresh the resources of a node before the first client
 * @throws Error that lists what is left
 */
export const untilNothingIsLeft = async (fleet: Fleet, fresh: Holdings): Promise<void> => {
  let left: readonly string[] = [];
  await until(async () => {
    left = await leftovers(fleet, fresh);
    return left.length === 0;
  }, EMPTY_MS).catch(() => {
    throw new Error(`Left after all clients have gone: ${left.join(', ')}`);
  });
};

const leftovers = async (fleet: Fleet, fresh: Holdings): Promise<string[]> => {
  const found: string[] = [];
  for (const slot of fleet.slots) {
    for (const what of ['sockets', 'sessions', 'rooms', 'peers']) {
      const [count] = await metrics(slot, `parley_${what}`);
      if (count !== 0) found.push(`${count} ${what} on ${slot.name}`);
    }
    const { handles, heapBytes } = await holdingsOf(slot);
    if (handles > fresh.handles + MORE_HANDLES) found.push(`${handles} handles on ${slot.name}`);
    if (heapBytes > fresh.heapBytes + MORE_HEAP_BYTES) found.push(`${heapBytes} bytes of heap on ${slot.name}`);
  }
  const keys = await keysOf(fleet);
  for (const { key } of keys) if (/^[^:]+:room:/.test(key)) found.push(key);
  for (const { key, ttlMs } of keys) if (ttlMs <= 0) found.push(`${key} for ever`);
  const channels = await channelsOf(fleet);
  const isOfANode = (channel: string) => fleet.slots.some(({ name }) => channel.includes(`:node:${name}-`));
  if (channels.length !== fleet.slots.length || !channels.every(isOfANode)) found.push(`channels ${channels}`);
  return found;
};

/** Counts on every server: publications reach replicas too, and a subscription may stay on a master that became one. */
const channelsOf = async ({ redis }: Fleet): Promise<string[]> => {
  const found = new Set<string>();
  for (const { port } of redis.servers) {
    for (const kind of ['channels', 'shardchannels'])
      for (const channel of (await ask(port, 'pubsub', kind).catch(() => [])) as string[]) found.add(channel);
  }
  return [...found].filter((channel) => channel.includes(':node:'));
};

const metrics = async ({ node }: NodeSlot, name: string): Promise<number[]> => {
  const text = await (await fetch(`${node?.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.map((line) => Number(line.split(' ').at(-1)));
};
