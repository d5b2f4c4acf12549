import { describe, expect, it } from '@jest/globals';
import type { Participant, PeerId, RosterEvent, UserId } from '@parley/protocol';
import { Roster } from './roster.js';

const person = (peer: string, more: Partial<Participant> = {}): Participant => ({
  peer: peer as PeerId,
  user: `user-${peer}` as UserId,
  name: peer,
  role: 'member',
  meta: {},
  state: 'on',
  order: 1,
  ...more,
});
const joined = (peer: string): RosterEvent => ({ event: 'joined', participant: person(peer) });
const left = (peer: string): RosterEvent => ({ event: 'left', peer: peer as PeerId, reason: 'left' });
const words = (changes: ReturnType<Roster['apply']>) =>
  changes === 'gap' ? 'gap' : changes.map(({ change, participant }) => `${change} ${participant.peer}`);
const names = (roster: Roster) => [...roster.participants.keys()].sort().join('');

const started = () => {
  const roster = new Roster();
  roster.replace({ epoch: 'e1', version: 5, participants: [person('a'), person('b')] });
  return roster;
};

describe('a roster', () => {
  it('tracks permissions from events and from whole rosters', () => {
    const roster = started();
    const permitted = (role: 'member' | 'moderator', publish: boolean, chat: boolean): RosterEvent => ({
      ...{ event: 'permitted', peer: 'a' as PeerId, role, publish, chat },
    });
    const events = [permitted('moderator', false, true), permitted('moderator', true, false)];
    expect(words(roster.apply({ epoch: 'e1', version: 7, events }))).toEqual(['permitted a', 'permitted a']);
    expect(roster.participants.get('a' as PeerId)).toEqual(person('a', { role: 'moderator', chat: false }));
    const whole = { epoch: 'e1', version: 8, participants: [person('a'), person('b', { name: 'Bea' })] };
    expect(words(roster.replace(whole))).toEqual(['permitted a', 'updated b']);
  });

  it('applies changes that continue what it knows', () => {
    const roster = started();
    expect(words(roster.apply({ epoch: 'e1', version: 7, events: [joined('c'), left('b')] }))).toEqual([
      'joined c',
      'left b',
    ]);
    expect(names(roster)).toBe('ac');
    expect(words(roster.apply({ epoch: 'e1', version: 8, events: [{ event: 'away', peer: 'a' as PeerId }] }))).toEqual([
      'away a',
    ]);
    expect(words(roster.apply({ epoch: 'e1', version: 9, events: [{ event: 'back', peer: 'a' as PeerId }] }))).toEqual([
      'back a',
    ]);
  });

  it('sees a gap, and applies nothing of what comes after it', () => {
    const roster = started();
    expect(roster.apply({ epoch: 'e1', version: 7, events: [left('b')] })).toBe('gap');
    expect(names(roster)).toBe('ab');
    expect(roster.version).toBe(5);
  });

  it('takes only the new part of changes that overlap with what it knows', () => {
    const roster = started();
    expect(words(roster.apply({ epoch: 'e1', version: 6, events: [joined('b'), joined('c')] }))).toEqual(['joined c']);
  });

  it('never goes back within an epoch', () => {
    const roster = started();
    expect(roster.apply({ epoch: 'e1', version: 5, events: [left('a')] })).toEqual([]);
    expect(roster.replace({ epoch: 'e1', version: 4, participants: [person('a')] })).toBe('gap');
    expect(names(roster)).toBe('ab');
  });

  it('takes a repeat for none, and a whole roster of the same version for the truth', () => {
    const roster = started();
    const changes = { epoch: 'e1', version: 6, events: [joined('c')] };
    expect([words(roster.apply(changes)), words(roster.apply(changes))]).toEqual([['joined c'], []]);
    const whole = { epoch: 'e1', version: 6, participants: [person('a'), person('c')] };
    expect([words(roster.replace(whole)), words(roster.replace(whole))]).toEqual([['left b'], []]);
    expect([names(roster), roster.version]).toEqual(['ac', 6]);
  });

  it('follows the answer to its own join to whatever the store has now, also back', () => {
    const roster = started();
    roster.adopt({ epoch: 'e2', version: 1, participants: [person('a'), person('c')] });
    expect(words(roster.adopt({ epoch: 'e1', version: 4, participants: [person('a'), person('d')] }))).toEqual([
      'away c',
      'joined d',
    ]);
    expect(words(roster.apply({ epoch: 'e1', version: 5, events: [joined('c')] }))).toEqual(['back c']);
    expect(words(roster.adopt({ epoch: 'e1', version: 3, participants: [person('a')] }))).toContain('left c');
    expect(roster.version).toBe(3);
  });

  it('asks for a snapshot when changes of another epoch come, and follows a whole roster of one', () => {
    const roster = started();
    expect(roster.apply({ epoch: 'e2', version: 9, events: [joined('c')] })).toBe('gap');
    roster.replace({ epoch: 'e2', version: 1, participants: [person('a'), person('b')] });
    expect(roster.apply({ epoch: 'e1', version: 99, events: [left('a')] })).toBe('gap');
    expect(words(roster.replace({ epoch: 'e1', version: 6, participants: [person('a')] }))).toEqual(['away b']);
    expect(roster.epoch).toBe('e1');
  });

  it('tells the difference when it is replaced: who joined, left, changed', () => {
    const roster = started();
    const snapshot = [person('b', { state: 'away', meta: { muted: true } }), person('c')];
    expect(words(roster.replace({ epoch: 'e1', version: 9, participants: snapshot }))).toEqual([
      'left a',
      'away b',
      'updated b',
      'joined c',
    ]);
  });

  it('keeps those who are missing in a new epoch as away, until they are back or it is told to drop them', () => {
    const roster = started();
    expect(words(roster.replace({ epoch: 'e2', version: 1, participants: [] }))).toEqual(['away a', 'away b']);
    expect(words(roster.apply({ epoch: 'e2', version: 2, events: [joined('a')] }))).toEqual(['back a']);
    expect(roster.hasUnseen).toBe(true);
    expect(words(roster.dropUnseen())).toEqual(['left b']);
    expect(roster.hasUnseen).toBe(false);
    expect(names(roster)).toBe('a');
  });

  it('takes a new name with the data, and keeps the name that is not told', () => {
    const roster = started();
    const updated = { event: 'updated', peer: person('b').peer, meta: { hand: 1 } } as const;
    expect(words(roster.apply({ epoch: 'e1', version: 6, events: [{ ...updated, name: 'Beatrice' }] }))).toEqual([
      'updated b',
    ]);
    roster.apply({ epoch: 'e1', version: 7, events: [{ ...updated, meta: {} }] });
    expect(roster.participants.get(updated.peer)).toMatchObject({ name: 'Beatrice', meta: {} });
  });

  it('counts an event that it does not know as a version', () => {
    const roster = started();
    expect(roster.apply({ epoch: 'e1', version: 6, events: [{ event: 'promoted' } as never] })).toEqual([]);
    expect(words(roster.apply({ epoch: 'e1', version: 7, events: [joined('c')] }))).toEqual(['joined c']);
  });
});
