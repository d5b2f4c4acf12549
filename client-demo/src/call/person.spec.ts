import { describe, expect, it } from '@jest/globals';
import type { Participant, PeerId, UserId } from '@parley/client';
import { peopleOf, personOf } from './person.js';

const participant = (peer: string, order: number, meta: Participant['meta'] = {}): Participant => ({
  peer: peer as PeerId,
  user: `user-${peer}` as UserId,
  name: peer,
  role: 'member',
  meta,
  state: 'on',
  order,
});

describe('people of a call', () => {
  it('puts oneself first and the others in the order of coming', () => {
    const all = [participant('c', 3), participant('a', 1), participant('b', 2)];
    expect(peopleOf(all, 'b' as PeerId).map(({ peer }) => peer)).toEqual(['b', 'a', 'c']);
  });

  it('reads what we write', () => {
    const person = personOf(participant('a', 1, { audio: true, video: false, screen: 's1' }), 'a' as PeerId);
    expect(person).toMatchObject({ self: true, audio: true, video: false, screen: 's1', away: false });
  });

  it.each([[{}], [{ audio: 'yes', video: 1, screen: 7 }], [{ screen: '' }], [{ screen: 'x'.repeat(129) }]])(
    'takes a strange meta for everything off: %j',
    (meta) => {
      expect(personOf(participant('a', 1, meta), 'b' as PeerId)).toMatchObject({
        self: false,
        audio: false,
        video: false,
        screen: null,
      });
    },
  );
});
