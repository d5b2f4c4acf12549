import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { install } from '@sinonjs/fake-timers';
import { type JobClaims, Scheduler } from './scheduler.js';

/** Claims of several nodes with one clock. */
class SharedClaims implements JobClaims {
  private readonly last = new Map<string, number>();
  lost = false;

  async take(name: string, everyMs: number): Promise<boolean> {
    if (this.lost) throw new Error('The database is unavailable.');
    if (Date.now() - (this.last.get(name) ?? Number.NEGATIVE_INFINITY) < everyMs * 0.9) return false;
    this.last.set(name, Date.now());
    return true;
  }
}

describe('the scheduler', () => {
  let clock: ReturnType<typeof install>;
  const claims = new SharedClaims();

  beforeEach(() => {
    clock = install({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  });
  afterEach(() => clock.uninstall());

  it('runs each round on one node, and on another after that one stops', async () => {
    const done: string[] = [];
    const node = (name: string) =>
      new Scheduler(claims, [{ name: 'c', everyMs: 1_000, run: async () => void done.push(name) }], () => {});
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
    expect([a.runs, b.runs]).toEqual([3, 2]);
  });

  it('does not start a job that is still running, and waits for it on stop', async () => {
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
    const scheduler = new Scheduler(claims, [{ name: 'slow', everyMs: 100, run }], () => {});
    scheduler.start();
    await clock.tickAsync(1_000);
    expect(begun).toBe(1);
    let stopped = false;
    const stopping = scheduler.stop().then(() => {
      stopped = true;
    });
    await clock.tickAsync(1_000);
    expect([stopped, signal?.aborted]).toEqual([false, true]);
    finish();
    await stopping;
    expect(begun).toBe(1);
  });

  it('counts and reports a failed round, and tries again', async () => {
    const failed: string[] = [];
    const scheduler = new Scheduler(claims, [{ name: 'f', everyMs: 100, run: async () => {} }], (job) =>
      failed.push(job),
    );
    scheduler.start();
    claims.lost = true;
    await clock.tickAsync(100);
    claims.lost = false;
    await clock.tickAsync(100);
    await scheduler.stop();
    expect([failed, scheduler.failures, scheduler.runs]).toEqual([['f'], 1, 1]);
  });
});
