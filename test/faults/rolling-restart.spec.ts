import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Rest } from '../protocol/rest.js';
import { useStage } from './stage.js';

const ROOMS = 6;
const IN_EACH = 8;
const DEADLINE_MS = 25_000;

describe('a rolling restart of three nodes under load', () => {
  const stage = useStage({
    environment: { DRAIN_GRACE_MS: '700', DRAIN_SPREAD_MS: '4000', DRAIN_DEADLINE_MS: String(DEADLINE_MS) },
  });

  it('F11, F12: loses nothing, shows no peer as away or leaving, fails no request, and each node ends in time', async () => {
    const { fleet, clients } = stage;
    const accounts = await Promise.all(Array.from({ length: ROOMS }, () => fleet.account()));
    for (const account of accounts) {
      await Promise.all(Array.from({ length: IN_EACH }, () => clients.open({ url: fleet.url, ...account })));
    }
    for (const client of clients.alive) {
      await client.until(({ roster }) => Object.keys(roster ?? {}).length === IN_EACH);
      // 168 pairs, which negotiate continuously.
      await client.command('talk', { everyMs: 300 });
    }
    let requests = 0;
    let restarting = true;
    const asking = (async () => {
      const [{ token, room }] = accounts as [(typeof accounts)[0]];
      for (; restarting; requests += 1) {
        await new Rest(fleet.url).call('GET', `/v1/rooms/${room}`, undefined, token);
        await wait(100);
      }
    })();
    for (const slot of fleet.slots) {
      const started = performance.now();
      expect(await fleet.terminate(slot)).toBe(0);
      // All clients had moved, so the node did not wait for its deadline.
      expect(performance.now() - started).toBeLessThan(DEADLINE_MS);
      await fleet.boot(slot);
      await fleet.whenReady();
    }
    restarting = false;
    await asking;
    expect(requests).toBeGreaterThan(0);
    for (const client of clients.alive) await client.command('hush');
    await stage.judge();
    for (const { results, rosterEvents, states } of await clients.views()) {
      expect(results.filter(({ result }) => result !== 'delivered')).toEqual([]);
      expect(rosterEvents.filter(({ event }) => event === 'left' || event === 'away')).toEqual([]);
      expect(states).toEqual(['connecting', 'connected']);
    }
  }, 180_000);
});
