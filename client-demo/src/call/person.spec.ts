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
  it('lists this user first and the others in join order', () => {
    const all = [participant('c', 3), participant('a', 1), participant('b', 2)];
    expect(peopleOf(all, 'b' as PeerId).map(({ peer }) => peer)).toEqual(['b', 'a', 'c']);
  });

  it('reads the meta that the demo writes', () => {
    const person = personOf(participant('a', 1, { audio: true, video: false, screen: 's1' }), 'a' as PeerId);
    expect(person).toMatchObject({ self: true, audio: true, video: false, screen: 's1', away: false });
  });

  it.each([[{}], [{ audio: 'yes', video: 1, screen: 7 }], [{ screen: '' }], [{ screen: 'x'.repeat(129) }]])(
    'reads an invalid meta as everything off: %j',
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
