import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/until.js';
import type { NameKey } from './names.js';
import { MAX_PENDING_BYTES, MAX_PENDING_PER_SENDER, PendingMessageQuota } from './pending-message-quota.js';

const quotas: PendingMessageQuota[] = [];
afterEach(() => {
  for (const quota of quotas.splice(0)) quota.clear();
});

const open = (expireMs = 60_000) => {
  const ended: string[] = [];
  const quota = new PendingMessageQuota(expireMs, (from, { name }) => ended.push(`${from} ${name}`));
  quotas.push(quota);
  return { book: quota, ended };
};
const key = (name: string | number): NameKey => ({ tenant: 't', name: `${name}` });

describe('what waits on account of senders', () => {
  it('is bounded by names and by bytes for each sender', () => {
    const { book: quota } = open();
    const { names, bytes } = MAX_PENDING_PER_SENDER;
    for (let n = 0; n < names; n += 1) expect(quota.reserve('ada', key(n), 1)).toBe(true);
    expect([quota.reserve('ada', key('more'), 1), quota.reserve('ada', key(0), 1)]).toEqual([false, true]);
    expect([quota.reserve('ada', key(0), bytes), quota.reserve('bela', key(0), bytes)]).toEqual([false, true]);
    expect(quota.bytes).toBe(names + 1 + bytes);
  });

  it('is bounded for all senders of a node together', () => {
    const { book: quota } = open();
    const { bytes } = MAX_PENDING_PER_SENDER;
    const senders = MAX_PENDING_BYTES / bytes;
    for (let n = 0; n < senders; n += 1) expect(quota.reserve(`sender ${n}`, key('x'), bytes)).toBe(true);
    expect([quota.reserve('one more', key('x'), 1), quota.bytes]).toEqual([false, MAX_PENDING_BYTES]);
  });

  it('ends once for each sender and name, and makes room', async () => {
    const { book: quota, ended } = open(20);
    for (const [from, name] of [
      ['ada', 'x'],
      ['ada', 'x'],
      ['ada', 'y'],
      ['bela', 'x'],
    ] as const)
      quota.reserve(from, key(name), 10);
    await until(() => quota.bytes === 0);
    expect(ended.sort()).toEqual(['ada x', 'ada y', 'bela x']);
    expect(quota.reserve('ada', key('x'), MAX_PENDING_PER_SENDER.bytes)).toBe(true);
  });
});
