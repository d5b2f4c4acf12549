import { describe, expect, it } from '@jest/globals';
import { check } from './checker.js';
import { type At, broken, calm, dlv, fault, out, send, withoutC } from './histories.js';

describe('the history checker', () => {
  it('excuses a signal of a client that crashed', () => {
    const crash: At[] = [[10, send('1', 'c', 'a')], [20, { kind: 'crash', peer: 'c' }], ...withoutC(50_000)];
    expect(broken(calm(crash))).toEqual([]);
  });

  it('does not take a client that crashed for attached', () => {
    const unknown: At[] = [
      [10, send('1', 'a', 'c')],
      [45_010, out('1', 'unknown', 'timeout')],
    ];
    const gone: At[] = [...withoutC(50_000), [50_000, { kind: 'end', peer: 'c', why: 'expired' }]];
    expect(broken(calm([...unknown, [5, { kind: 'crash', peer: 'c' }], ...gone]))).toEqual([]);
    expect(broken(calm([...unknown, ...gone]))).toContain('I14');
  });

  it('excuses unknown to a peer that was over before, and is still shown by a roster that came back older', () => {
    const unknown: At[] = [
      [10, send('1', 'a', 'c')],
      [45_010, out('1', 'unknown', 'timeout')],
    ];
    expect(broken(calm([[5, { kind: 'end', peer: 'c', why: 'left' }], ...unknown, ...withoutC(50_000)]))).toEqual([]);
  });

  it('excuses signals of a removed peer that was let in again as the same one, once the tombstone was lost', () => {
    const again = (...lost: At[]): At[] => [
      [5, { kind: 'attached', peer: 'c', on: false }],
      [10, { kind: 'end', peer: 'c', why: 'removed' }],
      ...lost,
      [1_000, { kind: 'attached', peer: 'c', on: true }],
      [3_000, send('1', 'a', 'c')],
      [3_010, dlv('1', 'c', 'a')],
      [3_020, out('1', 'delivered')],
      ...withoutC(50_000),
    ];
    expect(broken(calm(again([500, fault('redis_empty', 'start')], [600, fault('redis_empty', 'stop')])))).toEqual([]);
    expect(broken(calm(again()))).toContain('I17');
  });

  it('excuses unknown when one side, or the service, was away', () => {
    const unknown: At[] = [
      [10, send('1')],
      [45_010, out('1', 'unknown', 'timeout')],
    ];
    expect(
      broken(calm([...unknown, [9_000, fault('redis_down', 'start')], [40_000, fault('redis_down', 'stop')]])),
    ).toEqual([]);
    expect(
      broken(calm([...unknown, [9_000, fault('cut', 'start', ['u-b'])], [40_000, fault('cut', 'stop', ['u-b'])]])),
    ).toEqual([]);
    expect(
      broken(calm([...unknown, [9_000, fault('cut', 'start', ['u-c'])], [40_000, fault('cut', 'stop', ['u-c'])]])),
    ).toEqual(['I14']);
    const away: At[] = [
      [9_000, { kind: 'attached', peer: 'b', on: false }],
      [40_000, { kind: 'attached', peer: 'b', on: true }],
    ];
    expect(broken(calm([...unknown, ...away]))).toEqual([]);
  });

  it('knows each of several faults that have one name and overlap', () => {
    const unknown: At[] = [
      [10, send('1')],
      [45_010, out('1', 'unknown', 'timeout')],
    ];
    const down = (from: number, to: number, target?: string[]): At[] => [
      [from, fault('down', 'start', target)],
      [to, fault('down', 'stop', target)],
    ];
    const judged = (...faults: readonly At[][]) => {
      const { violations, counts } = check(calm([...unknown, ...faults.flat()]));
      return { broken: violations.map(({ invariant }) => invariant), faults: counts.faults };
    };
    // Excused until the last of them has stopped.
    expect(judged(down(9_000, 14_000), down(12_000, 40_000))).toEqual({ broken: [], faults: 2 });
    expect(judged(down(9_000, 40_000), down(12_000, 14_000))).toEqual({ broken: [], faults: 2 });
    expect(judged(down(9_000, 14_000), down(12_000, 20_000), down(16_000, 40_000))).toEqual({ broken: [], faults: 3 });
    expect(judged(down(9_000, 14_000, ['u-b']), down(12_000, 40_000, ['u-b']))).toEqual({ broken: [], faults: 2 });
    // And not before the first, between two, after the last, or for anyone else.
    expect(judged(down(15_000, 20_000), down(18_000, 40_000))).toEqual({ broken: ['I14'], faults: 2 });
    expect(judged(down(9_000, 14_000), down(12_000, 15_000), down(30_000, 40_000))).toEqual({
      ...{ broken: ['I14'], faults: 3 },
    });
    expect(judged(down(9_000, 14_000), down(12_000, 30_000))).toEqual({ broken: ['I14'], faults: 2 });
    expect(judged(down(9_000, 14_000, ['u-b']), down(12_000, 40_000, ['u-c']))).toEqual({
      ...{ broken: ['I14'], faults: 2 },
    });
  });

  it('excuses what happens while the second of two overlapping faults never stops', () => {
    const unknown: At[] = [
      [10, send('1')],
      [45_010, out('1', 'unknown', 'timeout')],
    ];
    const faults: At[] = [
      [9_000, fault('down', 'start')],
      [12_000, fault('down', 'start')],
      [14_000, fault('down', 'stop')],
    ];
    expect(broken(calm([...unknown, ...faults]))).toEqual([]);
  });

  it('excuses peer_gone after an end, and when the store lost a peer that was away', () => {
    const gone: At[] = [
      [30, send('1')],
      [40_000, out('1', 'peer_gone')],
    ];
    const back: At[] = [
      [10_000, { kind: 'attached', peer: 'b', on: false }],
      [50_000, { kind: 'attached', peer: 'b', on: true }],
    ];
    const empty: At[] = [
      [9_000, fault('redis_empty', 'start')],
      [20_000, fault('redis_empty', 'stop')],
    ];
    expect(broken(calm([...gone, ...back, ...empty]))).toEqual([]);
    expect(broken(calm([...gone, ...back]))).toEqual(['I10']);
    expect(broken(calm([...gone, ...empty]))).toEqual(['I10']);
  });

  it('excuses peer_gone of one whose node was cut off from a store that lost its data', () => {
    const gone: At[] = [
      [30, send('1')],
      [40_000, out('1', 'peer_gone')],
    ];
    const empty: At[] = [
      [5_000, fault('redis_empty', 'start')],
      [16_000, fault('redis_empty', 'stop')],
    ];
    const cut = (from: number, to: number): At[] => [
      [from, fault('node_cut', 'start')],
      [to, fault('node_cut', 'stop')],
    ];
    expect(broken(calm([...gone, ...empty, ...cut(8_000, 43_000)]))).toEqual([]);
    expect(broken(calm([...gone, ...cut(8_000, 43_000)]))).toEqual(['I10']);
    expect(broken(calm([...gone, ...empty, ...cut(1_000, 4_000)]))).toEqual(['I10']);
    expect(broken(calm([...gone, ...empty, ...cut(41_000, 43_000)]))).toEqual(['I10']);
  });

  it('excuses superseded when there is a second holder of the key', () => {
    const second: At[] = [
      [5, fault('duplicate_key', 'start', ['u-a'])],
      [10, { kind: 'socket', peer: 'a', code: 4509 }],
    ];
    expect(broken(calm([...second, [20, fault('duplicate_key', 'stop', ['u-a'])]]))).toEqual([]);
  });
});
