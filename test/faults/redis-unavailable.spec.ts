import { describe, expect, it } from '@jest/globals';
import type { Client } from './clients.js';
import type { NodeSlot } from './fleet.js';
import { commandNode, NODE_SIDE } from './node-side.js';
import { useStage } from './stage.js';

const SIGNALS = 60;
/** Noise between two measurements of the heap. A queue of these clients' signals would be larger. */
const FLAT_BYTES = 6 * 1024 * 1024;
/** Five seconds on an idle machine. */
const BACK_MS = 15_000;

describe('F18: Redis is unavailable for longer than a signal waits', () => {
  const stage = useStage({ nodes: 2, environment: NODE_SIDE });

  it('keeps sockets and local signaling, ends signals as `unknown`, queues nothing, and recovers by itself', async () => {
    const [here, there] = (await stage.room(2)) as [Client, Client];
    const account = await stage.fleet.account();
    const first = stage.fleet.slot(0);
    const neighbours = [await stage.connect(account, first), await stage.connect(account, first)];
    for (const client of neighbours) {
      await client.until(({ roster }) => Object.keys(roster ?? {}).length === 2);
      await client.command('talk', { everyMs: 20 });
    }
    const heap = ({ node }: NodeSlot) => commandNode(node!, 'heapBytes');

    stage.note('redis_empty');
    await stage.fleet.redis.kill();
    await here.send(SIGNALS, await there.self(), 20_000);
    await there.send(SIGNALS, await here.self(), 20_000);
    const before = await Promise.all(stage.fleet.slots.map(heap));
    for (const client of [here, there]) {
      const { results } = await client.until(({ waiting }) => waiting === 0, 60_000);
      expect(results).toEqual(
        Array.from({ length: SIGNALS }, () => expect.objectContaining({ result: 'unknown', why: 'timeout' })),
      );
    }
    const after = await Promise.all(stage.fleet.slots.map(heap));
    for (const [n, bytes] of after.entries()) expect(bytes - before[n]!).toBeLessThan(FLAT_BYTES);
    for (const slot of stage.fleet.slots) expect(await stage.fleet.health(slot, 'live')).toBe(200);

    const started = performance.now();
    await stage.fleet.redis.restart();
    stage.note('redis_empty', 'stop');
    await here.send(3, await there.self());
    await there.send(3, await here.self());
    for (const client of [here, there]) {
      const { results } = await client.until(({ waiting }) => waiting === 0);
      expect(results.slice(SIGNALS).map(({ result }) => result)).toEqual(Array(3).fill('delivered'));
    }
    await stage.fleet.whenReady();
    expect(performance.now() - started).toBeLessThan(BACK_MS);
    for (const client of neighbours) await client.command('hush');
    await stage.judge();
    for (const client of neighbours) {
      const { results } = await client.view();
      expect(results.length).toBeGreaterThan(200);
      expect(results.filter(({ result }) => result !== 'delivered')).toEqual([]);
    }
    for (const { states, rosterEvents } of await stage.clients.views()) {
      expect(states).toEqual(['connecting', 'connected']);
      expect(rosterEvents.filter(({ event }) => event === 'left')).toEqual([]);
    }
  }, 150_000);
});
