import { describe, expect, it } from '@jest/globals';
import type { ChatMessage } from '@parley/protocol';
import { ParleyError } from '../errors.js';
import { settle, VirtualClock } from '../testing/virtual-clock.js';
import { ChatCursor } from './chat-cursor.js';

const line = (seq: number) => ({ id: `m${seq}`, seq, text: `line ${seq}` }) as ChatMessage;

const start = (log: number[], fail?: () => ParleyError | undefined) => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  const errors: ParleyError[] = [];
  let fetches = 0;
  const cursor = new ChatCursor({
    clock,
    random: () => 1,
    fetch: async ({ after, limit }) => {
      fetches++;
      const error = fail?.();
      if (error) throw error;
      const found = after === undefined ? log.slice(-limit) : log.filter((seq) => seq > after);
      return { messages: found.slice(0, 2).map(line), more: found.length > 2 };
    },
    deliver: ({ seq }) => seen.push(seq),
    report: (error) => errors.push(error),
  });
  return { clock, seen, errors, cursor, fetches: () => fetches };
};

describe('a chat cursor', () => {
  it('gives nothing of the time before the join, and everything after it once, in order', async () => {
    const { cursor, seen } = start([1, 2, 3]);
    cursor.catchUp();
    cursor.receive(line(4));
    await settle();
    for (const seq of [4, 5, 5, 3, 6]) cursor.receive(line(seq));
    expect(seen).toEqual([4, 5, 6]);
  });

  it('fetches page by page what is missing before a line that is ahead', async () => {
    const log = [1];
    const { cursor, seen } = start(log);
    cursor.catchUp();
    await settle();
    log.push(2, 3, 4, 5, 6);
    cursor.receive(line(6));
    cursor.receive(line(7));
    await settle(50);
    expect(seen).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('does not wait for a number that the log does not have', async () => {
    const { cursor, seen, fetches } = start([1]);
    cursor.catchUp();
    await settle();
    cursor.receive(line(5));
    await settle(50);
    expect(seen).toEqual([5]);
    expect(fetches()).toBe(2);
  });

  it('tries again after a failure that passes', async () => {
    let failures = 2;
    const { cursor, seen, clock } = start([1, 2, 3], () =>
      failures-- > 0 ? new ParleyError('unavailable') : undefined,
    );
    cursor.catchUp();
    cursor.receive(line(4));
    await clock.advanceAsync(10_000);
    expect(seen).toEqual([4]);
  });

  it('gives live lines as they come when the log cannot be read at all', async () => {
    const { cursor, seen, errors } = start([], () => new ParleyError('forbidden'));
    cursor.catchUp();
    cursor.receive(line(4));
    await settle();
    cursor.receive(line(7));
    cursor.receive(line(6));
    expect(seen).toEqual([4, 7]);
    expect(errors).toMatchObject([{ code: 'forbidden' }]);
  });

  it('holds at most 256 lines, and fetches the rest', async () => {
    const log = Array.from({ length: 400 }, (_, n) => n + 1);
    const { cursor, seen, clock } = start(log);
    cursor.catchUp();
    for (let seq = 101; seq <= 400; seq++) cursor.receive(line(seq));
    expect(cursor.size).toBe(256);
    await clock.advanceAsync(1, 5_000);
    expect(seen).toEqual(Array.from({ length: 300 }, (_, n) => n + 101));
  });
});
