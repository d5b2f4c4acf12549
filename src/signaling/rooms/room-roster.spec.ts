import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, UserId } from '@parley/protocol';
import type { Member } from '../../presence/presence.js';
import { RoomRoster, toParticipant } from './room-roster.js';

const member = (name: string, order: number): Member => ({
  peer: name as PeerId,
  user: name as UserId,
  name: `${name} “Ö” \u2028`,
  role: 'member',
  meta: { nested: ['"', '\\', name] },
  state: 'on',
  order,
  node: 'n1' as NodeId,
  connection: `c-${name}` as ConnectionId,
});
const peer = 'a' as PeerId;
const back = { event: 'back', peer, node: 'n2' as NodeId, connection: 'c2' as ConnectionId } as const;

const setup = () => {
  const roster = new RoomRoster();
  roster.replace([member('a', 1), member('b', 2)]);
  const decoded = () => JSON.parse(roster.encoded);
  const expected = () => JSON.parse(JSON.stringify([...roster.members.values()].map(toParticipant)));
  return { roster, decoded, expected };
};

describe('RoomRoster', () => {
  it('encodes the current state of each participant after every kind of event', () => {
    const { roster, decoded, expected } = setup();
    for (const event of [
      { event: 'joined', participant: member('c', 3) },
      { event: 'away', peer },
      back,
      { event: 'updated', peer, meta: { muted: true }, name: 'Ada' },
      { event: 'permitted', peer, role: 'moderator', publish: false, chat: true },
      { event: 'left', peer: 'b' as PeerId, reason: 'left' },
    ] as const) {
      roster.apply(event);
      expect(decoded()).toEqual(expected());
    }
    expect(decoded()[0]).toEqual({
      peer,
      ...{ user: 'a', name: 'Ada', role: 'moderator', meta: { muted: true }, state: 'on', order: 1, publish: false },
    });
  });

  it('keeps the order of joining: a resumed peer keeps its position, one that joins again is last', () => {
    const { roster, decoded } = setup();
    const order = () => decoded().map((one: { peer: string }) => one.peer);
    roster.apply({ event: 'away', peer });
    roster.apply(back);
    expect(order()).toEqual(['a', 'b']);
    roster.apply({ event: 'left', peer, reason: 'left' });
    roster.apply({ event: 'joined', participant: member('a', 3) });
    expect(order()).toEqual(['b', 'a']);
    expect([...roster.members.keys()]).toEqual(['b', 'a']);
  });

  it('keeps nothing of a replaced roster', () => {
    const { roster, decoded } = setup();
    roster.replace([]);
    expect([decoded(), [...roster.nodes]]).toEqual([[], []]);
  });
});
