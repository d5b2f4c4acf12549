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
  it('takes a removal for its room and user alone, and one without a room for all rooms', () => {
    const { removals } = setup();
    expect(removals.record(ROOM, ADA, 5)).toBe(true);
    expect(removals.record(OTHER, ADA, 5)).toBe(true);
    expect(removals.record(ROOM, 'bob' as UserId, 5)).toBe(true);
    expect(removals.record(undefined, ADA, 5)).toBe(true);
    expect(removals.record(undefined, ADA, 5)).toBe(false);
  });

  it('knows a removal that it heard before, and an older one, and takes a later one', () => {
    const { removals } = setup();
    expect([5, 5, 4, 6].map((at) => removals.record(ROOM, ADA, at))).toEqual([true, false, false, true]);
  });

  it('ends the peers of a removal, those of a repeated one too', () => {
    const { removals } = setup();
    removals.record(ROOM, ADA, 5);
    expect(removals.isPeerEnded(PEER)).toBe(false);
    removals.record(ROOM, ADA, 5, [PEER]);
    expect(removals.isPeerEnded(PEER)).toBe(true);
  });

  it('forgets a removal and an ended peer after ten minutes', () => {
    const { clock, removals } = setup();
    removals.record(ROOM, ADA, 5, [PEER]);
    clock.now += TTL_MS - 1;
    expect(removals.isPeerEnded(PEER)).toBe(true);
    clock.now += 1;
    expect(removals.isPeerEnded(PEER)).toBe(false);
    removals.record(ROOM, 'bob' as UserId, 6);
    expect([removals.record(ROOM, ADA, 5), removals.size]).toEqual([true, 2]);
  });

  it('forgets an ended room after 30 s', () => {
    const { clock, removals } = setup();
    removals.endRoom(ROOM);
    clock.now += 29_999;
    expect([removals.isRoomEnded(ROOM), removals.isRoomEnded(OTHER)]).toEqual([true, false]);
    clock.now += 1;
    removals.endRoom(OTHER);
    expect([removals.isRoomEnded(ROOM), removals.size]).toEqual([false, 1]);
  });

  it('forgets the oldest beyond its limit', () => {
    const { removals } = setup();
    for (let n = 0; n <= MAX_REMEMBERED; n += 1) removals.endPeer(`p${n}` as PeerId);
    expect([removals.size, removals.isPeerEnded('p0' as PeerId), removals.isPeerEnded(PEER)]).toEqual([
      MAX_REMEMBERED,
      false,
      true,
    ]);
  });
});
