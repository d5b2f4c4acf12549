import { describe, expect, it } from '@jest/globals';
import { type At, broken, calm, fault } from './histories.js';

const room = 'r';
const user = 'u-x';
const waited: At[] = [
  [50_000, { kind: 'asked', user, room }],
  [50_100, { kind: 'waiting', user, room }],
];
const answered = (t: number, admit: boolean): At => [t, { kind: 'answered', user, room, admit }];

describe('the lobby', () => {
  it('I30: finds a user who still waits after an answer, and allows one who was refused or gave up', () => {
    for (const admit of [true, false]) {
      expect(broken(calm([...waited, answered(60_000, admit)]))).toEqual(['I30']);
      for (const outcome of [
        { kind: 'refused', user, room, code: 'denied' },
        { kind: 'cancelled', user, room },
      ] as const) {
        expect(broken(calm([...waited, answered(60_000, admit), [60_200, outcome]]))).toEqual([]);
      }
    }
  });

  it('I30: judges no answer that a node could not hear, nor one to a user who does not wait', () => {
    const cut: At[] = [
      [59_000, fault('redis_cut', 'start')],
      [61_000, fault('redis_cut', 'stop')],
    ];
    expect(broken(calm([...waited, ...cut, answered(60_000, true)]))).toEqual([]);
    expect(broken(calm([answered(60_000, true)]))).toEqual([]);
  });
});
