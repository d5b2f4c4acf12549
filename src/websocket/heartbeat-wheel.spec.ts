import { describe, expect, it } from '@jest/globals';
import { Random } from '../../test/fuzz/random.js';
import { HeartbeatWheel, type WheelEntry } from './heartbeat-wheel.js';

const ROUND_MS = 5_000;

class Member implements WheelEntry {
  slot: number | undefined = undefined;
}
const membersOf = (count: number): Member[] => Array.from({ length: count }, () => new Member());
const wheelOf = (members: readonly Member[], ms = ROUND_MS): HeartbeatWheel<Member> => {
  const wheel = new HeartbeatWheel<Member>(ms);
  for (const member of members) wheel.add(member);
  return wheel;
};
const round = (wheel: HeartbeatWheel<Member>): Member[][] =>
  Array.from({ length: wheel.slots }, () => [...wheel.next()]);

describe('HeartbeatWheel', () => {
  it.each([[0], [1], [49], [50], [51], [20_000]])('visits each of %d entries once, in slots of one size', (count) => {
    const members = membersOf(count);
    const wheel = wheelOf(members);
    for (let n = 0; n < 2; n += 1) {
      const slots = round(wheel);
      expect(slots.flat()).toHaveLength(count);
      expect(new Set(slots.flat())).toEqual(new Set(members));
      expect(Math.max(...slots.map(({ length }) => length))).toBe(Math.ceil(count / wheel.slots));
    }
  });

  it('takes the given time per round, with at most fifty slots of at least 100 ms', () => {
    const slotsIn = (ms: number) => [new HeartbeatWheel(ms).slots, new HeartbeatWheel(ms).everyMs];
    expect([slotsIn(5_000), slotsIn(60_000), slotsIn(250), slotsIn(10)]).toEqual([
      [50, 100],
      [50, 1_200],
      [2, 125],
      [1, 10],
    ]);
  });

  it('contains each entry once', () => {
    const [one, other] = membersOf(2) as [Member, Member];
    const wheel = wheelOf([one, one, other]);
    expect([wheel.size, [...wheel]]).toEqual([2, [one, other]]);
    wheel.delete(one);
    wheel.delete(one);
    expect([wheel.size, [...wheel], one.slot]).toEqual([1, [other], undefined]);
  });

  it('visits an entry once per round, regardless of entries added and deleted', () => {
    const random = new Random(5_000);
    const wheel = wheelOf(membersOf(500));
    const beatenAt = new Map<Member, number>();
    const cameAt = new Map<Member, number>();
    for (let call = 0; call < 40 * wheel.slots; call += 1) {
      for (const one of wheel.next()) {
        const before = beatenAt.get(one);
        if (before !== undefined) expect(call - before).toBe(wheel.slots);
        else expect(call - (cameAt.get(one) ?? 0)).toBeLessThan(wheel.slots + 1);
        beatenAt.set(one, call);
        if (random.chance(0.05)) wheel.delete(one);
      }
      for (const one of wheel) {
        if (random.chance(0.001)) wheel.delete(one);
        else expect(call - (beatenAt.get(one) ?? cameAt.get(one) ?? 0)).toBeLessThan(wheel.slots + 1);
      }
      for (const one of membersOf(random.below(2))) {
        wheel.add(one);
        cameAt.set(one, call);
      }
    }
    expect(beatenAt.size).toBeGreaterThan(1_000);
  });

  it('does not delay the rest to the last slot when half of the entries leave mid-round', () => {
    const members = membersOf(10_000);
    const wheel = wheelOf(members);
    const before = Array.from({ length: 25 }, () => [...wheel.next()]);
    for (const one of before.flat()) wheel.delete(one);
    const after = Array.from({ length: 25 }, () => [...wheel.next()]);
    expect(after.map(({ length }) => length)).toEqual(Array.from({ length: 25 }, () => 200));
    const added = membersOf(5_000);
    for (const one of added) wheel.add(one);
    expect(Math.max(...round(wheel).map(({ length }) => length))).toBe(200);
  });
});
