import { describe, expect, it } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.js';

describe('a keyed queue', () => {
  it('starts a task when the previous one with its key has ended, however long that takes', async () => {
    const queue = new KeyedQueue<string>();
    const events: string[] = [];
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const replaced = queue.run('node', async () => {
      events.push('first starts');
      await ended;
      events.push('first ends');
    });
    const killed = queue.run('node', async () => events.push('second starts'));
    // A task of another key has run on the same event loop, so the second task of `node` could have started.
    await queue.run('link', async () => events.push('another key'));
    end();
    await Promise.all([replaced, killed]);
    expect(events).toEqual(['first starts', 'another key', 'first ends', 'second starts']);
  });

  it('continues after a task that failed, and rejects for its caller', async () => {
    const queue = new KeyedQueue<string>();
    const failed = queue.run('node', () => Promise.reject(new Error('not ready in time')));
    const next = queue.run('node', async () => 'done');
    await expect(failed).rejects.toThrow('not ready in time');
    expect(await next).toBe('done');
  });
});
