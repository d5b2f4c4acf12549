import { describe, expect, it } from '@jest/globals';
import { Random } from '../../test/fuzz/random.js';
import { Rounds, type Visited } from './heartbeat-wheel.js';

const ROUND_MS = 5_000;

class Member implements Visited {
  part: number | undefined = undefined;
}
const crowdOf = (count: number): Member[] => Array.from({ length: count }, () => new Member());
const roundsOf = (members: readonly Member[], ms = ROUND_MS): Rounds<Member> => {
  const rounds = new Rounds<Member>(ms);
  for (const member of members) rounds.add(member);
  return rounds;
};
const round = (rounds: Rounds<Member>): Member[][] => Array.from({ length: rounds.parts }, () => [...rounds.next()]);

describe('a round of a set', () => {
  it.each([[0], [1], [49], [50], [51], [20_000]])('of %d comes to each once, in parts of one size', (count) => {
    const members = crowdOf(count);
    const rounds = roundsOf(members);
    for (let n = 0; n < 2; n += 1) {
      const parts = round(rounds);
      expect(parts.flat()).toHaveLength(count);
      expect(new Set(parts.flat())).toEqual(new Set(members));
      expect(Math.max(...parts.map(({ length }) => length))).toBe(Math.ceil(count / rounds.parts));
    }
  });

  it('takes as long as it is to take, in as many parts as are worth it', () => {
    const partsIn = (ms: number) => [new Rounds(ms).parts, new Rounds(ms).everyMs];
    expect([partsIn(5_000), partsIn(60_000), partsIn(250), partsIn(10)]).toEqual([
      [50, 100],
      [50, 1_200],
      [2, 125],
      [1, 10],
    ]);
  });

  it('knows who is in it, each once', () => {
    const [one, other] = crowdOf(2) as [Member, Member];
    const rounds = roundsOf([one, one, other]);
    expect([rounds.size, [...rounds]]).toEqual([2, [one, other]]);
    rounds.delete(one);
    rounds.delete(one);
    expect([rounds.size, [...rounds], one.part]).toEqual([1, [other], undefined]);
  });

  it('has just a round between two visits to the same, whoever comes and goes', () => {
    const random = new Random(5_000);
    const rounds = roundsOf(crowdOf(500));
    const visitedAt = new Map<Member, number>();
    const cameAt = new Map<Member, number>();
    for (let call = 0; call < 40 * rounds.parts; call += 1) {
      for (const one of rounds.next()) {
        const before = visitedAt.get(one);
        if (before !== undefined) expect(call - before).toBe(rounds.parts);
        else expect(call - (cameAt.get(one) ?? 0)).toBeLessThan(rounds.parts + 1);
        visitedAt.set(one, call);
        if (random.chance(0.05)) rounds.delete(one);
      }
      for (const one of rounds) {
        if (random.chance(0.001)) rounds.delete(one);
        else expect(call - (visitedAt.get(one) ?? cameAt.get(one) ?? 0)).toBeLessThan(rounds.parts + 1);
      }
      for (const one of crowdOf(random.below(2))) {
        rounds.add(one);
        cameAt.set(one, call);
      }
    }
    expect(visitedAt.size).toBeGreaterThan(1_000);
  });

  it('does not put off the rest to the last part when half of them leave in mid-round', () => {
    const members = crowdOf(10_000);
    const rounds = roundsOf(members);
    const before = Array.from({ length: 25 }, () => [...rounds.next()]);
    for (const one of before.flat()) rounds.delete(one);
    const after = Array.from({ length: 25 }, () => [...rounds.next()]);
    expect(after.map(({ length }) => length)).toEqual(Array.from({ length: 25 }, () => 200));
    const newcomers = crowdOf(5_000);
    for (const one of newcomers) rounds.add(one);
    expect(Math.max(...round(rounds).map(({ length }) => length))).toBe(200);
  });
});
