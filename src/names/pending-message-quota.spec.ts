import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/until.js';
import type { NameKey } from './names.js';
import { MOST_WAITING_BYTES, MOST_WAITING_PER_SENDER, SenderBook } from './pending-message-quota.js';

const books: SenderBook[] = [];
afterEach(() => {
  for (const book of books.splice(0)) book.clear();
});

const open = (expireMs = 60_000) => {
  const ended: string[] = [];
  const book = new SenderBook(expireMs, (from, { name }) => ended.push(`${from} ${name}`));
  books.push(book);
  return { book, ended };
};
const key = (name: string | number): NameKey => ({ tenant: 't', name: `${name}` });

describe('what waits on account of senders', () => {
  it('is bounded by names and by bytes for each sender', () => {
    const { book } = open();
    const { names, bytes } = MOST_WAITING_PER_SENDER;
    for (let n = 0; n < names; n += 1) expect(book.reserve('ada', key(n), 1)).toBe(true);
    expect([book.reserve('ada', key('more'), 1), book.reserve('ada', key(0), 1)]).toEqual([false, true]);
    expect([book.reserve('ada', key(0), bytes), book.reserve('bela', key(0), bytes)]).toEqual([false, true]);
    expect(book.bytes).toBe(names + 1 + bytes);
  });

  it('is bounded for all senders of a node together', () => {
    const { book } = open();
    const { bytes } = MOST_WAITING_PER_SENDER;
    const senders = MOST_WAITING_BYTES / bytes;
    for (let n = 0; n < senders; n += 1) expect(book.reserve(`sender ${n}`, key('x'), bytes)).toBe(true);
    expect([book.reserve('one more', key('x'), 1), book.bytes]).toEqual([false, MOST_WAITING_BYTES]);
  });

  it('ends once for each sender and name, and makes room', async () => {
    const { book, ended } = open(20);
    for (const [from, name] of [
      ['ada', 'x'],
      ['ada', 'x'],
      ['ada', 'y'],
      ['bela', 'x'],
    ] as const)
      book.reserve(from, key(name), 10);
    await until(() => book.bytes === 0);
    expect(ended.sort()).toEqual(['ada x', 'ada y', 'bela x']);
    expect(book.reserve('ada', key('x'), MOST_WAITING_PER_SENDER.bytes)).toBe(true);
  });
});
