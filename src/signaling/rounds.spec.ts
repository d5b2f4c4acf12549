import { describe, expect, it } from '@jest/globals';
import { Random } from '../../test/fuzz/random.js';
import { Rounds } from './rounds.js';

const ROUND_MS = 5_000;
const setOf = (count: number): Set<number> => new Set(Array.from({ length: count }, (_, n) => n));

describe('a round of a set', () => {
  it.each([[0], [1], [49], [50], [51], [20_000]])('of %d comes to each once, in parts of one size', (count) => {
    const rounds = new Rounds(setOf(count), ROUND_MS);
    for (let round = 0; round < 2; round += 1) {
      const parts = Array.from({ length: rounds.parts }, () => [...rounds.next()]);
      expect(parts.flat()).toEqual([...setOf(count)]);
      expect(Math.max(...parts.map(({ length }) => length))).toBe(Math.ceil(count / rounds.parts));
    }
  });

  it('takes as long as it is to take, in as many parts as are worth it', () => {
    const partsIn = (ms: number) => [new Rounds(new Set(), ms).parts, new Rounds(new Set(), ms).everyMs];
    expect([partsIn(5_000), partsIn(60_000), partsIn(250), partsIn(10)]).toEqual([
      [50, 100],
      [50, 1_200],
      [2, 125],
      [1, 10],
    ]);
  });

  it('leaves nobody out who is there all the time, whoever comes and goes, and comes to nobody twice', () => {
    const random = new Random(5_000);
    const all = setOf(500);
    const rounds = new Rounds(all, ROUND_MS);
    let next = all.size;
    for (let round = 0; round < 40; round += 1) {
      const there = new Set(all);
      const met: number[] = [];
      for (let part = 0; part < rounds.parts; part += 1) {
        for (const one of rounds.next()) {
          met.push(one);
          if (random.chance(0.05)) all.delete(one);
        }
        for (const one of all) {
          if (!random.chance(0.01)) continue;
          all.delete(one);
          there.delete(one);
        }
        for (let come = random.below(8); come > 0; come -= 1) all.add(next++);
      }
      expect(new Set(met).size).toBe(met.length);
      expect([...there].filter((one) => !met.includes(one))).toEqual([]);
    }
  });
});
