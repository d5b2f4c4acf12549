import { describe, expect, it } from '@jest/globals';
import type { SessionId } from '@parley/protocol';
import { MAX_REMEMBERED, MAX_TAKEOVERS, TakeoverLimit } from './takeover-limit.js';

const ID = 's1' as SessionId;

const setup = () => {
  const clock = { now: 0 };
  const limit = new TakeoverLimit(() => clock.now);
  const takeOver = (hasHolder = true) => limit.count(ID, hasHolder);
  return { clock, limit, takeOver };
};

describe('takeovers of a session', () => {
  it('end it when there are more than five within 30 seconds, and for ten minutes', () => {
    const { clock, takeOver } = setup();
    for (let n = 0; n < MAX_TAKEOVERS; n += 1) expect(takeOver()).toBe(true);
    clock.now = 29_999;
    expect([takeOver(), takeOver(false)]).toEqual([false, false]);
    clock.now += 599_999;
    expect(takeOver(false)).toBe(false);
    clock.now += 1;
    expect(takeOver(false)).toBe(true);
  });

  it('never end it at five in 30 seconds', () => {
    const { clock, takeOver } = setup();
    for (let n = 0; n < 100; n += 1) {
      clock.now += 6_000;
      expect(takeOver()).toBe(true);
    }
  });

  it('are none when its socket was closed before', () => {
    const { limit, takeOver } = setup();
    for (let n = 0; n < 100; n += 1) expect(takeOver(false)).toBe(true);
    expect(limit.size).toBe(0);
  });

  it('count also when a newer socket on another node closed this node’s', () => {
    const { limit, takeOver } = setup();
    for (let n = 0; n < MAX_TAKEOVERS; n += 1) {
      limit.lost(ID);
      expect(takeOver(false)).toBe(true);
    }
    limit.lost(ID);
    expect(takeOver(false)).toBe(false);
  });

  it('are remembered for so many sessions and no more', () => {
    const { limit } = setup();
    for (let n = 0; n < MAX_REMEMBERED + 1; n += 1) limit.count(`${n}` as SessionId, true);
    expect(limit.size).toBe(MAX_REMEMBERED);
  });
});
