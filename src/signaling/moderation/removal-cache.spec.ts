import { describe, expect, it } from '@jest/globals';
import type { PeerId, RoomId, UserId } from '@parley/protocol';
import { MAX_REMEMBERED, RemovalCache } from './removal-cache.js';

const [ROOM, OTHER, ADA] = ['r1' as RoomId, 'r2' as RoomId, 'ada' as UserId];
const PEER = 'p1' as PeerId;
const TTL_MS = 600_000;

const setup = () => {
  const clock = { now: 1 };
  return { clock, removals: new RemovalCache(() => clock.now) };
};

describe('the removal cache', () => {
  it('tells what was removed after a checkpoint from what was removed before it', () => {
    const { removals } = setup();
    const before = removals.checkpoint();
    expect(removals.record(ROOM, ADA, 5)).toBe(true);
    const after = removals.checkpoint();
    expect([before, after].map((checkpoint) => removals.removedSince(checkpoint, ROOM, ADA))).toEqual([true, false]);
    expect(removals.removedAt(ROOM, ADA)).toBe(5);
  });

  it('takes a removal for its room and user alone, and one without a room for all rooms', () => {
    const { removals } = setup();
    removals.record(ROOM, ADA, 5);
    expect(removals.removedSince(0, OTHER, ADA)).toBe(false);
    expect(removals.removedSince(0, ROOM, 'bob' as UserId)).toBe(false);
    removals.record(undefined, ADA, 6);
    expect(removals.removedSince(0, OTHER, ADA)).toBe(true);
  });

  it('knows a removal that it heard before, and an older one, and takes a later one', () => {
    const { removals } = setup();
    expect([5, 5, 4, 6].map((at) => removals.record(ROOM, ADA, at))).toEqual([true, false, false, true]);
    expect(removals.removedAt(ROOM, ADA)).toBe(6);
  });

  it('ends the peers of a removal, those of a repeated one too', () => {
    const { removals } = setup();
    removals.record(ROOM, ADA, 5);
    expect(removals.isEnded(PEER)).toBe(false);
    removals.record(ROOM, ADA, 5, [PEER]);
    expect(removals.isEnded(PEER)).toBe(true);
  });

  it('forgets a removal and an ended peer after ten minutes', () => {
    const { clock, removals } = setup();
    removals.record(ROOM, ADA, 5, [PEER]);
    clock.now += TTL_MS - 1;
    expect(removals.isEnded(PEER)).toBe(true);
    clock.now += 1;
    expect(removals.isEnded(PEER)).toBe(false);
    removals.record(ROOM, 'bob' as UserId, 6);
    expect([removals.removedAt(ROOM, ADA), removals.size]).toEqual([undefined, 1]);
  });

  it('forgets the oldest beyond its limit', () => {
    const { removals } = setup();
    for (let n = 0; n <= MAX_REMEMBERED; n += 1) removals.end(`p${n}` as PeerId);
    expect([removals.size, removals.isEnded('p0' as PeerId), removals.isEnded(PEER)]).toEqual([
      MAX_REMEMBERED,
      false,
      true,
    ]);
  });
});
