import { describe, expect, it } from '@jest/globals';
import { check } from './checker.js';
import { type At, broken, calm, dlv, out, roster, seen, send, withoutC } from './histories.js';

describe('the history checker', () => {
  it('finds nothing wrong with a calm run, and counts it', () => {
    const events = calm([
      [10, send('1')],
      [20, dlv('1')],
      [30, out('1', 'delivered')],
      [10, send('2')],
      [15, { kind: 'denied', id: '2' }],
      [30, out('2', 'rejected', 'forbidden')],
    ]);
    expect(check(events)).toEqual({
      violations: [],
      counts: {
        ...{ signals: 2, faults: 0, delivered: 1, rejected: 1, peerGone: 0, unknown: 0 },
        ...{ lost: 0, duplicated: 0, reordered: 0, ghosts: 0 },
      },
    });
  });

  const cases: readonly [string, string, readonly At[]][] = [
    [
      'I1',
      'two results of one signal',
      [
        [10, send('1')],
        [20, dlv('1')],
        [30, out('1', 'delivered')],
        [31, out('1', 'delivered')],
      ],
    ],
    ['I1', 'a result of nothing', [[30, out('1', 'delivered')]]],
    ['I2', 'a delivery that nobody sent', [[20, dlv('1')]]],
    [
      'I2',
      'another content than was sent',
      [
        [10, send('1')],
        [20, dlv('1', 'b', 'a', { hash: '#other' })],
        [30, out('1', 'delivered')],
      ],
    ],
    [
      'I2',
      'a delivery before the sending',
      [
        [20, send('1')],
        [10, dlv('1')],
        [30, out('1', 'delivered')],
      ],
    ],
    [
      'I3',
      'the same signal twice',
      [
        [10, send('1')],
        [20, dlv('1')],
        [21, dlv('1')],
        [30, out('1', 'delivered')],
      ],
    ],
    [
      'I4',
      'a later signal first',
      [
        ...([
          [10, send('1')],
          [11, send('2')],
          [20, dlv('2')],
          [21, dlv('1')],
        ] as At[]),
        ...([
          [30, out('1', 'delivered')],
          [30, out('2', 'delivered')],
        ] as At[]),
      ],
    ],
    [
      'I5',
      'a result after 47 s',
      [
        [10, send('1')],
        [20, dlv('1')],
        [47_011, out('1', 'delivered')],
      ],
    ],
    [
      'I6',
      'delivered, with no delivery before',
      [
        [10, send('1')],
        [30, out('1', 'delivered')],
        [40, dlv('1')],
      ],
    ],
    [
      'I7',
      'rejected, and delivered all the same',
      [
        ...([
          [10, send('1')],
          [12, { kind: 'denied', id: '1' }],
          [30, out('1', 'rejected', 'forbidden')],
          [90, dlv('1')],
        ] as At[]),
      ],
    ],
    [
      'I8',
      'no result at all',
      [
        [10, send('1')],
        [20, dlv('1')],
      ],
    ],
    [
      'I9',
      'unknown in a network without faults',
      [
        [120_000, send('1')],
        [121_000, out('1', 'unknown', 'session_ended')],
      ],
    ],
    [
      'I10',
      'gone, of a peer that is there',
      [
        [10, send('1')],
        [30, out('1', 'peer_gone')],
      ],
    ],
    ['I11', 'a client that is not attached in the end', [[150_000, { kind: 'attached', peer: 'c', on: false }]]],
    [
      'I12',
      'a version that goes back',
      [
        [10, roster('a', 2, ['a', 'b', 'c'])],
        [20, roster('a', 3, ['a', 'b', 'c'])],
      ],
    ],
    [
      'I12',
      'a ghost',
      [
        [10, { kind: 'crash', peer: 'c' }],
        [50, roster('b', 4, ['a', 'b'])],
      ],
    ],
    ['I12', 'somebody who is missing', [[10, roster('a', 4, ['a', 'b'])]]],
    ['I13', 'a buffer beyond its bound', [[10, { kind: 'size', what: 'frames held', value: 65, bound: 64 }]]],
    ['I13', 'a key that lives for ever', [[10, { kind: 'key', key: 'parley:{r}', ttlMs: -1 }]]],
    [
      'I14',
      'unknown, though both were there all the time',
      [
        [10, send('1')],
        [45_010, out('1', 'unknown', 'timeout')],
      ],
    ],
    [
      'I15',
      'rejected by nobody',
      [
        [10, send('1')],
        [30, out('1', 'rejected', 'forbidden')],
      ],
    ],
    ['I16', 'superseded by nobody', [[10, { kind: 'socket', peer: 'a', code: 4509 }]]],
    [
      'I17',
      'a signal to a peer that was removed',
      [
        ...([
          [10, { kind: 'end', peer: 'c', why: 'removed' }],
          [2_000, send('1', 'a', 'c')],
        ] as At[]),
        ...([
          [2_010, dlv('1', 'c', 'a')],
          [2_020, out('1', 'delivered')],
        ] as At[]),
        ...withoutC(11),
      ],
    ],
    [
      'I18',
      'a sender that it is not',
      [
        [10, send('1', 'a', 'b', { session: 's-c' })],
        [20, dlv('1')],
        [30, out('1', 'delivered')],
      ],
    ],
    [
      'I19',
      'two leaves',
      [
        ...([
          [10, { kind: 'end', peer: 'c', why: 'left' }],
          [11, seen('a', 'left', 'c', 'left')],
        ] as At[]),
        ...([[12, seen('a', 'left', 'c', 'left')]] as At[]),
        ...withoutC(11),
      ],
    ],
    [
      'I19',
      'a leave without a reason',
      [[10, { kind: 'end', peer: 'c', why: 'left' }], [11, seen('a', 'left', 'c')], ...withoutC(11)],
    ],
    [
      'I19',
      'a join that never has its leave',
      [
        ...([
          [5, seen('a', 'joined', 'c')],
          [10, { kind: 'end', peer: 'c', why: 'left' }],
        ] as At[]),
        ...withoutC(11),
      ],
    ],
    [
      'I19',
      'a peer that joins again',
      [
        ...([
          [10, { kind: 'end', peer: 'c', why: 'left' }],
          [11, seen('a', 'left', 'c', 'left')],
        ] as At[]),
        ...([
          [12, seen('a', 'joined', 'c')],
          [13, seen('a', 'left', 'c', 'left')],
        ] as At[]),
        ...withoutC(14),
      ],
    ],
  ];

  it.each(cases)('%s: finds %s, and nothing else', (invariant, _what, events) => {
    const found = broken(calm(events));
    expect(new Set(found)).toEqual(new Set([invariant]));
  });

  it('I4: finds a signal that was skipped and is called delivered', () => {
    const skipped: At[] = [
      [10, send('1')],
      [11, send('2')],
      [20, dlv('2')],
      [30, out('1', 'delivered')],
      [30, out('2', 'delivered')],
    ];
    // It is a false `delivered` too: no history has the one without the other.
    expect(broken(calm(skipped)).sort()).toEqual(['I4', 'I6']);
  });

  it('judges a session that ended by the peer that its client is now', () => {
    const expired: At[] = [
      [10, { kind: 'attached', peer: 'c', on: false }],
      [40_000, { kind: 'end', peer: 'c', why: 'expired' }],
    ];
    const again: At[] = [
      [50_000, { kind: 'live', peer: 'd', user: 'u-c', room: 'r', session: 's-d' }],
      [50_001, { kind: 'attached', peer: 'd', on: true }],
      ...['a', 'b', 'd'].map((peer): At => [50_002, roster(peer, 7, ['a', 'b', 'd'])]),
    ];
    expect(broken(calm([...expired, ...again]))).toEqual([]);
    expect(broken(calm(expired))).toContain('I11');
  });

  it('gives a crashed peer its time, and no more', () => {
    const crash: At[] = [
      [150_000, { kind: 'crash', peer: 'c' }],
      [190_000, roster('b', 9, ['a', 'b'])],
      [190_000, roster('a', 9, ['a', 'b'])],
    ];
    expect(broken(calm([crash[0] as At], { overAt: 170_000 }))).toEqual([]);
    expect(broken(calm(crash))).toEqual([]);
    expect(broken(calm([crash[0] as At]))).toContain('I12');
  });
});
