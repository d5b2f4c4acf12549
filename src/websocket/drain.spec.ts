import { describe, expect, it } from '@jest/globals';
import { Drain, type DrainableSession } from './drain.js';

/** Sessions that move as soon as they are asked to, unless they are `stubborn`. */
const registryOf = (count: number, stubborn = false) => {
  const sessions = new Set<DrainableSession>();
  const asked: { deadlineMs: number; at: number }[] = [];
  for (let i = 0; i < count; i += 1) {
    const session: DrainableSession = {
      state: 'on',
      send: ({ deadlineMs }: { deadlineMs: number }) => {
        asked.push({ deadlineMs, at: performance.now() });
        if (!stubborn) sessions.delete(session);
      },
    };
    sessions.add(session);
  }
  const registry = {
    get all() {
      return [...sessions];
    },
    get size() {
      return sessions.size;
    },
  };
  return { asked, registry };
};

describe('Drain', () => {
  it('asks every client to move, each at a random time, and ends when all have', async () => {
    const { asked, registry } = registryOf(20);
    let next = 0;
    const drain = new Drain({ graceMs: 1, spreadMs: 200, deadlineMs: 60_000 }, registry, () => (next++ % 20) / 20);
    await drain.run();
    expect(asked).toHaveLength(20);
    const received = asked.map(({ deadlineMs }) => deadlineMs);
    expect(new Set(received).size).toBe(20);
    expect(received).toEqual([...received].sort((a, b) => b - a));
  });

  it('asks the last clients while there is time left to move, even if the spread is longer', async () => {
    const { asked, registry } = registryOf(2, true);
    const drain = new Drain({ graceMs: 100, spreadMs: 10_000, deadlineMs: 400 }, registry, () => 1);
    await drain.run();
    expect(asked).toHaveLength(2);
    for (const { deadlineMs } of asked) expect(deadlineMs).toBeGreaterThan(30);
  });

  it('ends at its deadline, even if clients stay', async () => {
    const { registry } = registryOf(1, true);
    await new Drain({ graceMs: 1, spreadMs: 1, deadlineMs: 50 }, registry).run();
    expect(registry.size).toBe(1);
  });

  it('ends at once when there is no other node, and asks nobody to move to one', async () => {
    const { asked, registry } = registryOf(3, true);
    // Longer than a test may take.
    const config = { graceMs: 3_600_000, spreadMs: 0, deadlineMs: 3_600_000 };
    const drain = new Drain(config, registry, Math.random, async () => true);
    await drain.run();
    expect([drain.started, drain.refusing, asked.length]).toEqual([true, true, 0]);
  });

  it('takes its time when it cannot tell whether there is another node', async () => {
    const { asked, registry } = registryOf(3);
    const lost = () => Promise.reject(new Error('no store'));
    await new Drain({ graceMs: 1, spreadMs: 1, deadlineMs: 60_000 }, registry, () => 0, lost).run();
    expect(asked).toHaveLength(3);
  });
});
