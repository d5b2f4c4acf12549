import { describe, expect, it } from '@jest/globals';
import type { Client } from './clients.js';
import { commandNode, NODE_SIDE } from './node-side.js';
import { useStage } from './stage.js';

const MINUTES_MS = 60_000;
const YEARS_MS = 365 * 86_400_000;

describe('F53: wrong wall clocks, and jumps of wall clocks', () => {
  const stage = useStage({ nodes: 2, environment: NODE_SIDE });

  it('move no deadline: sessions stay, resume and expire by monotonic clocks', async () => {
    const account = await stage.fleet.account();
    const [first, second] = [stage.fleet.slot(0), stage.fleet.slot(1)];
    const clients: Client[] = [];
    for (const slot of [first, second, second]) clients.push(await stage.connect(account, slot));
    const [one, two, three] = clients as [Client, Client, Client];
    for (const client of clients) {
      await client.until(({ roster }) => Object.keys(roster ?? {}).length === 3);
      await client.command('talk', { everyMs: 30 });
    }
    for (const minutes of [5, -5, 5, 0, -5]) {
      await commandNode(first.node!, 'shiftClock', minutes * MINUTES_MS);
      await commandNode(second.node!, 'shiftClock', -minutes * MINUTES_MS);
      // These two have their own processes; the third shares that of the first.
      await one.command('shiftClock', { ms: minutes * 2 * YEARS_MS });
      await two.command('shiftClock', { ms: -minutes * 2 * YEARS_MS });
      const { results } = await one.view();
      await one.until((view) => view.results.length > results.length + 10);
    }
    for (const { states, rosterEvents } of await stage.clients.views()) {
      expect(states).toEqual(['connecting', 'connected']);
      expect(rosterEvents.filter(({ event }) => event !== 'joined')).toEqual([]);
    }

    // Resumes on the other node, whose clock differs by ten minutes.
    const { self } = await one.view();
    await stage.fleet.kill(first);
    await one.until(({ attached, states }) => attached && states.length > 2);
    expect(await one.self()).toBe(self);
    for (const client of clients) await client.command('hush');
    const gone = await three.self();
    await three.crash(true);
    await two.send(3, gone);
    await two.until(({ rosterEvents }) => rosterEvents.some(({ event, of }) => event === 'left' && of === gone));
    await stage.judge();
    const { results } = await two.view();
    expect(results.filter(({ result }) => result !== 'delivered' && result !== 'peer_gone')).toEqual([]);
    expect(stage.fleet.output).not.toContain('TimeoutNegativeWarning');
  }, 120_000);
});
