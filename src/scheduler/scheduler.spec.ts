import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { install } from '@sinonjs/fake-timers';
import { type Turns, Upkeep } from './scheduler.js';

/** The turns of several nodes with one clock. */
class SharedTurns implements Turns {
  private readonly last = new Map<string, number>();
  lost = false;

  async take(name: string, everyMs: number): Promise<boolean> {
    if (this.lost) throw new Error('the database is away');
    if (Date.now() - (this.last.get(name) ?? Number.NEGATIVE_INFINITY) < everyMs * 0.9) return false;
    this.last.set(name, Date.now());
    return true;
  }
}

describe('upkeep', () => {
  let clock: ReturnType<typeof install>;
  const turns = new SharedTurns();

  beforeEach(() => {
    clock = install({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  });
  afterEach(() => clock.uninstall());

  it('does each chore in one node a turn, and another node goes on when that one is gone', async () => {
    const done: string[] = [];
    const node = (name: string) =>
      new Upkeep(turns, [{ name: 'c', everyMs: 1_000, run: async () => void done.push(name) }], () => {});
    const [a, b] = [node('a'), node('b')];
    a.start();
    await clock.tickAsync(10);
    b.start();
    await clock.tickAsync(3_000);
    expect(done).toEqual(['a', 'a', 'a']);
    await a.stop();
    await clock.tickAsync(2_000);
    expect(done).toEqual(['a', 'a', 'a', 'b', 'b']);
    await b.stop();
    expect([a.rounds, b.rounds]).toEqual([3, 2]);
  });

  it('does not begin a chore that is still being done, and waits for it at the end', async () => {
    let begun = 0;
    let finish = () => {};
    let signal: AbortSignal | undefined;
    const run = (given: AbortSignal) => {
      signal = given;
      begun += 1;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    };
    const upkeep = new Upkeep(turns, [{ name: 'slow', everyMs: 100, run }], () => {});
    upkeep.start();
    await clock.tickAsync(1_000);
    expect(begun).toBe(1);
    let stopped = false;
    const stopping = upkeep.stop().then(() => {
      stopped = true;
    });
    await clock.tickAsync(1_000);
    expect([stopped, signal?.aborted]).toEqual([false, true]);
    finish();
    await stopping;
    expect(begun).toBe(1);
  });

  it('counts and reports a round that fails, and tries again', async () => {
    const failed: string[] = [];
    const upkeep = new Upkeep(turns, [{ name: 'f', everyMs: 100, run: async () => {} }], (chore) => failed.push(chore));
    upkeep.start();
    turns.lost = true;
    await clock.tickAsync(100);
    turns.lost = false;
    await clock.tickAsync(100);
    await upkeep.stop();
    expect([failed, upkeep.failures, upkeep.rounds]).toEqual([['f'], 1, 1]);
  });
});
