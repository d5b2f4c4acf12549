import { describe, expect, it } from '@jest/globals';
import { type At, broken, calm, dlv, fault, out, roster, seen, send, withoutC } from './histories.js';
import type { Unstamped } from './recorder.js';

const removal = (ban = false): Unstamped => ({ kind: 'removal', user: 'u-c', room: 'r', ban });
const asked = (user: string): Unstamped => ({ kind: 'asked', user, room: 'r' });
const lock = (on: boolean): Unstamped => ({ kind: 'lock', room: 'r', on });
const live = (peer: string, user: string): Unstamped => ({ kind: 'live', peer, user, room: 'r', session: `s-${peer}` });
const end = (peer: string, why: string): Unstamped => ({ kind: 'end', peer, why });
const attached = (peer: string, on: boolean): Unstamped => ({ kind: 'attached', peer, on });

/** A roster that shows one more as away: by the general rule that is excused for a minute. */
const withAway = (peer: string, version: number, on: readonly string[], away: string): Unstamped => ({
  ...{ kind: 'roster', peer, epoch: 'e', version },
  set: { ...Object.fromEntries(on.map((one) => [one, 'on'])), [away]: 'away' },
});

/** The user of `c` is in the room again, as `d`, and everybody sees it. */
const back = (t: number, user = 'u-c', others = ['a', 'b']): At[] => [
  [t, live('d', user)],
  [t + 1, attached('d', true)],
  ...[...others, 'd'].map((peer): At => [t + 2, roster(peer, 20, [...others, 'd'])]),
];

/** `c` is told at once that it was removed, and so are the others. */
const told = (t: number): At[] => [[t + 5, attached('c', false)], [t + 5, end('c', 'removed')], ...withoutC(t + 6)];

const SIGNAL: At[] = [
  [52_500, send('1', 'a', 'c')],
  [52_600, dlv('1', 'c', 'a')],
  [52_700, out('1', 'delivered')],
];

describe('what users do', () => {
  it('I17, I21: a kick ends the peer, and the user may come back with a new token', () => {
    expect(broken(calm([[50_000, removal()], ...told(50_000), [50_300, asked('u-c')], ...back(50_400)]))).toEqual([]);
  });

  it('I17: finds a signal to a user whose kick was committed, though nobody told its peer', () => {
    const late: At[] = [[50_000, removal()], ...SIGNAL, [60_000, end('c', 'removed')], ...withoutC(50_500)];
    expect(broken(calm(late))).toEqual(['I17']);
    // The same before a second has passed, or while nodes could not be told.
    const soon = late.map(([t, event]): At => (event.kind === 'removal' ? [52_000, event] : [t, event]));
    expect(broken(calm(soon.filter(([, { kind }]) => kind !== 'roster')))).not.toContain('I17');
    const cut: At[] = [
      [49_000, fault('redis_cut', 'start')],
      [55_000, fault('redis_cut', 'stop')],
    ];
    expect(broken(calm([...late, ...cut]))).toEqual([]);
  });

  it('I20: finds the peer of a cancelled join that stays in a roster', () => {
    const cancelled: At[] = [
      [10_000, asked('u-x')],
      [10_050, { kind: 'cancelled', user: 'u-x', room: 'r' }],
      [10_100, { ...seen('a', 'joined', 'x'), user: 'u-x' } as Unstamped],
      [10_101, withAway('a', 5, ['a', 'b', 'c'], 'x')],
    ];
    const gone: At[] = [
      [10_200, seen('a', 'left', 'x', 'left')],
      [10_201, roster('a', 6, ['a', 'b', 'c'])],
    ];
    expect(broken(calm([...cancelled, ...gone]))).toEqual([]);
    expect(broken(calm(cancelled, { overAt: 150_000 }))).toEqual(['I20']);
  });

  it('I21: finds a user that is attached after a kick', () => {
    expect(broken(calm([[50_000, removal()]]))).toEqual(['I21']);
  });

  it('I21: finds a join in flight that outlives a ban, and allows one that ends in time', () => {
    const raced: At[] = [[49_900, asked('u-c')], [50_000, removal(true)], ...told(50_000), ...back(50_200)];
    expect(broken(calm(raced))).toContain('I21');
    const last = ['a', 'b'].map((peer): At => [50_301, roster(peer, 21, ['a', 'b'])]);
    const ended: At[] = [[50_300, attached('d', false)], [50_300, end('d', 'removed')], ...last];
    expect(broken(calm([...raced, ...ended]))).toEqual([]);
  });

  it('I27: finds a role that a roster does not show, and allows it before a second has passed', () => {
    const role = (t: number): At => [t, { kind: 'role', user: 'u-c', room: 'r', role: 'moderator' }];
    const shown = (t: number, roles: Record<string, string>): At[] =>
      ['a', 'b', 'c'].map((peer) => [t, { ...roster(peer, 7, ['a', 'b', 'c']), roles } as Unstamped]);
    expect(broken(calm([role(50_000), ...shown(50_500, { c: 'moderator' })]))).toEqual([]);
    expect(broken(calm([role(50_000), ...shown(50_500, {})]))).toEqual(['I27']);
    expect(broken(calm([role(50_000), ...shown(52_000, {})]))).toEqual(['I27']);
    // Another change of the role is in force by then, or a node could not be told.
    const back: At = [50_800, { kind: 'role', user: 'u-c', room: 'r', role: 'member' }];
    expect(broken(calm([role(50_000), back, ...shown(50_900, {})]))).toEqual([]);
    const cut: At[] = [
      [49_000, fault('redis_cut', 'start')],
      [52_000, fault('redis_cut', 'stop')],
    ];
    expect(broken(calm([role(50_000), ...cut, ...shown(53_000, {})]))).toEqual([]);
  });

  it('I28: finds a refusal for a ban that was lifted, and allows it before, and after another removal', () => {
    const refused = (t: number, code = 'banned'): At[] => [
      [t, asked('u-c')],
      [t + 100, { kind: 'refused', user: 'u-c', room: 'r', code }],
    ];
    const lifted: At[] = [
      [50_000, removal(true)],
      ...told(50_000),
      [60_000, { kind: 'unban', user: 'u-c', room: 'r' }],
    ];
    expect(broken(calm([...lifted, ...refused(60_500)]))).toEqual([]);
    expect(broken(calm([...lifted, ...refused(62_000)]))).toEqual(['I28']);
    expect(broken(calm([...lifted, ...refused(62_000, 'room_locked')]))).toEqual([]);
    expect(broken(calm([...lifted, [61_000, removal(true)], ...refused(62_000)]))).toEqual([]);
  });

  it('I29: finds a join that was cancelled by another than its caller', () => {
    const by = (event: Unstamped): At[] => [
      [10_000, asked('u-x')],
      [10_100, event],
    ];
    expect(broken(calm(by({ kind: 'cancelled', user: 'u-x', room: 'r' })))).toEqual([]);
    expect(broken(calm(by({ kind: 'refused', user: 'u-x', room: 'r', code: 'cancelled' })))).toEqual(['I29']);
  });

  it('I22: allows a moderator into a locked room', () => {
    const entered: At[] = [[50_000, lock(true)], [52_000, asked('u-d')], ...back(52_100, 'u-d', ['a', 'b', 'c'])];
    expect(broken(calm(entered))).toEqual(['I22']);
    const role: At = [40_000, { kind: 'role', user: 'u-d', room: 'r', role: 'moderator' }];
    expect(broken(calm([role, ...entered]))).toEqual([]);
  });

  it('I21: finds a removed peer that others are still shown', () => {
    const shown: At[] = [
      [50_000, removal()],
      [50_005, attached('c', false)],
      [50_005, end('c', 'removed')],
      [60_000, roster('a', 8, ['a', 'b', 'c'])],
      ...withoutC(70_000),
    ];
    expect(broken(calm(shown))).toEqual(['I21']);
  });

  it('I21: allows a removed peer as away, for a while, in the epoch after a loss of data', () => {
    const shown = (t: number): At[] => [
      [10_000, fault('redis_empty', 'start')],
      [11_000, fault('redis_empty', 'stop')],
      [50_000, removal()],
      [50_005, attached('c', false)],
      [50_005, end('c', 'removed')],
      [t, withAway('a', 8, ['a', 'b'], 'c')],
      ...withoutC(t + 1_000),
    ];
    expect(broken(calm(shown(60_000)))).toEqual([]);
    expect(broken(calm(shown(97_000)))).toEqual(['I21']);
    expect(broken(calm(shown(60_000).slice(2)))).toEqual(['I21']);
  });

  it('I21: allows a store that came back older to show a removed peer as on until it was reconciled', () => {
    const shown = (t: number): At[] => [
      [50_000, removal()],
      [50_005, attached('c', false)],
      [50_005, end('c', 'removed')],
      [53_000, fault('redis_failed_back', 'start')],
      [53_500, fault('redis_failed_back', 'stop')],
      [t, { kind: 'roster', peer: 'a', epoch: 'e2', version: 8, set: { a: 'on', b: 'on', c: 'on' } }],
      ...withoutC(t + 1_000),
    ];
    expect(broken(calm(shown(55_000)))).not.toContain('I21');
    expect(broken(calm(shown(64_000)))).toContain('I21');
    expect(broken(calm(shown(55_000).filter((_at, index) => index !== 3 && index !== 4)))).toContain('I21');
  });

  it('I17, I21: allow a kicked user to be back as the same peer when the store has lost its tombstone', () => {
    const again = (more: At[] = []): At[] => [
      ...more,
      [50_000, removal()],
      [50_005, attached('c', false)],
      [55_000, attached('c', true)],
      ...SIGNAL,
    ];
    const lost: At[] = [
      [10_000, fault('redis_empty', 'start')],
      [11_000, fault('redis_empty', 'stop')],
    ];
    expect(broken(calm(again(lost)))).toEqual([]);
    expect(broken(calm(again()))).toContain('I21');
    expect(broken(calm([...lost, [50_000, removal(true)], ...again().slice(1)]))).toContain('I21');
  });

  it('I21: finds a banned user who is let in before the ban is lifted', () => {
    const banned: At[] = [[50_000, removal(true)], ...told(50_000), [55_000, asked('u-c')], ...back(55_100)];
    const lifted = (t: number): At => [t, { kind: 'unban', user: 'u-c', room: 'r' }];
    expect(broken(calm([...banned, lifted(54_000)]))).toEqual([]);
    expect(broken(calm([...banned, lifted(56_000)]))).toEqual(['I21']);
    expect(broken(calm(banned))).toEqual(['I21']);
  });

  it('I22: finds a stranger in a locked room', () => {
    const outsider: At[] = [[55_000, asked('u-d')], ...back(55_100, 'u-d', ['a', 'b', 'c'])];
    expect(broken(calm([[50_000, lock(true)], ...outsider]))).toEqual(['I22']);
    expect(broken(calm([[50_000, lock(true)], ...outsider, [55_050, lock(false)]]))).toEqual([]);
    expect(broken(calm([[54_500, lock(true)], ...outsider]))).toEqual([]);
    // The SDK brought a session back by itself: nobody asked.
    expect(broken(calm([[50_000, lock(true)], ...outsider.slice(1)]))).toEqual([]);
  });

  it('I22: lets a user return to a locked room as another peer, unless they had left', () => {
    const returned: At[] = [
      [50_000, lock(true)],
      [54_000, attached('c', false)],
      [55_000, asked('u-c')],
      ...back(55_100, 'u-c', ['a', 'b']),
    ];
    const ended = (why: string): At[] => [...returned, [54_500, end('c', why)], ...withoutC(54_501)];
    expect(broken(calm(returned))).not.toContain('I22');
    expect(broken(calm(ended('expired')))).not.toContain('I22');
    expect(broken(calm(ended('left')))).toContain('I22');
  });

  it('I23: finds a client in a room that was deleted', () => {
    const ends = ['a', 'b', 'c'].flatMap((peer): At[] => [
      [50_010, attached(peer, false)],
      [50_010, end(peer, 'room_closed')],
    ]);
    const deleted: At = [50_000, { kind: 'deleted', room: 'r' }];
    expect(broken(calm([deleted, ...ends]))).toEqual([]);
    expect(new Set(broken(calm([deleted])))).toEqual(new Set(['I23']));
    expect(broken(calm([deleted, ...ends, [60_000, asked('u-d')], [60_100, live('d', 'u-d')]]))).toContain('I23');
    const late = ends.map(([t, event]): At => [t + 20_000, event]);
    expect(new Set(broken(calm([deleted, ...SIGNAL, ...late])))).toEqual(new Set(['I23']));
  });

  it('I24: finds an old session that stays after a reload', () => {
    const reload: At[] = [
      [50_000, { kind: 'crash', peer: 'c' }],
      [50_000, { kind: 'reload', peer: 'c' }],
      [50_050, asked('u-c')],
      [50_100, live('d', 'u-c')],
      [50_101, attached('d', true)],
    ];
    const both = ['a', 'b', 'd'].map((peer): At => [50_110, withAway(peer, 5, ['a', 'b', 'd'], 'c')]);
    const one = ['a', 'b', 'd'].map((peer): At => [80_000, roster(peer, 6, ['a', 'b', 'd'])]);
    expect(broken(calm([...reload, ...both, ...one]))).toEqual([]);
    expect(new Set(broken(calm([...reload, ...both, ...one.slice(1)], { overAt: 150_000 })))).toEqual(new Set(['I24']));
    // It came back after it was gone.
    const again: At[] = [
      [120_000, withAway('a', 7, ['a', 'b', 'd'], 'c')],
      [120_100, roster('a', 8, ['a', 'b', 'd'])],
    ];
    expect(broken(calm([...reload, ...both, ...one, ...again]))).toEqual(['I24']);
  });
});
