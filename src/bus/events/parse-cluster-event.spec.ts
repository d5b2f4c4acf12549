import { describe, expect, it } from '@jest/globals';
import type { PeerId, RoomId, UserId } from '@parley/protocol';
import type { ClusterEvent } from '../bus.js';
import { parseClusterEvent } from './parse-cluster-event.js';

const parse = (value: unknown) => parseClusterEvent(Buffer.from(JSON.stringify(value)));

describe('a cluster event of another node', () => {
  it('is parsed with the fields of its schema, and no others', () => {
    expect(parse({ fact: 'room_closed', room: 'r1', more: 1 })).toEqual({ fact: 'room_closed', room: 'r1' });
    expect(parse({ fact: 'user_revoked', user: 'u|1', before: 5 })).toEqual({
      fact: 'user_revoked',
      user: 'u|1',
      before: 5,
    });
  });

  it.each([
    null,
    [],
    'room_closed',
    {},
    { fact: 'room_opened', room: 'r' },
    { fact: 'room_closed' },
    { fact: 'room_closed', room: '' },
    { fact: 'room_closed', room: 'a b' },
    { fact: 'room_changed', room: { toString: 'r' } },
    { fact: 'user_revoked', user: '', before: 1 },
    { fact: 'user_revoked', user: 'u'.repeat(129), before: 1 },
    { fact: 'user_revoked', user: 'u', before: '1' },
    { fact: 'user_revoked', user: 'u', before: null },
    { fact: 'user_revoked', before: 1 },
    { fact: 'user_removed', room: 'r', user: 'u', at: 1 },
    { fact: 'user_removed', room: 'r', user: 'u', at: 1, peers: 'p' },
    { fact: 'user_removed', room: 'r', user: 'u', at: 1, peers: { length: 1, 0: 'p' } },
    { fact: 'user_removed', room: 'r', user: 'u', at: 1, peers: ['p', 1] },
    { fact: 'user_removed', room: 'r', user: 'u', at: 1, peers: ['a b'] },
    { fact: 'user_removed', room: 'r', user: 'u', at: 1, peers: Array.from({ length: 65 }, () => 'p') },
    { fact: 'member_changed', room: 'r' },
    { fact: 'knock_answered', room: 'r', user: 'u', admitted: 'yes' },
    { fact: 'mute_requested', room: 'r', peer: 'p' },
    { fact: 'mute_requested', room: 'r', peer: ['p'], by: 'u' },
    { fact: '__proto__', room: 'r' },
    { fact: 'constructor', room: 'r' },
    { fact: ['room_closed'], room: 'r' },
  ])('is refused when it is not one: %j', (value) => {
    expect(parse(value)).toBeUndefined();
  });

  it.each<ClusterEvent>([
    { fact: 'room_changed', room: 'r' as RoomId },
    { fact: 'room_closed', room: 'r' as RoomId },
    {
      fact: 'user_removed',
      ...{ room: 'r' as RoomId, user: 'u'.repeat(128) as UserId, at: 1.5 },
      peers: Array.from({ length: 64 }, () => 'p' as PeerId),
    },
    { fact: 'user_removed', room: 'r' as RoomId, user: 'u' as UserId, at: 0, peers: [] },
    { fact: 'member_changed', room: 'r' as RoomId, user: 'u' as UserId },
    { fact: 'lobby_changed', room: 'r' as RoomId },
    { fact: 'knock_answered', room: 'r' as RoomId, user: 'u' as UserId, admitted: false },
    { fact: 'mute_requested', room: 'r' as RoomId, peer: 'p' as PeerId, by: 'u' as UserId },
    { fact: 'user_revoked', user: 'u' as UserId, before: 1e308 },
  ])('is the same on every node: $fact', (event) => {
    expect(parse(event)).toEqual(event);
    // Nodes of another version may write more fields, and in another order.
    const other = Object.fromEntries(Object.entries({ ...event, since: { version: 2 } }).reverse());
    expect(parse(other)).toEqual(event);
  });

  it('is refused with an infinite time', () => {
    expect(parseClusterEvent(Buffer.from('{"fact":"user_revoked","user":"u","before":1e999}'))).toBeUndefined();
    expect(
      parseClusterEvent(Buffer.from('{"fact":"user_removed","room":"r","user":"u","at":-1e999,"peers":[]}')),
    ).toBeUndefined();
  });

  it('neither reads fields from a prototype nor writes to one', () => {
    expect(parseClusterEvent(Buffer.from('{"fact":"room_closed","__proto__":{"room":"r"}}'))).toBeUndefined();
    const event = parseClusterEvent(Buffer.from('{"fact":"room_closed","room":"r","__proto__":{"x":1}}'));
    expect(event).toEqual({ fact: 'room_closed', room: 'r' });
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('is refused when it is not JSON', () => {
    expect(parseClusterEvent(Buffer.from('{'))).toBeUndefined();
    expect(parseClusterEvent(Buffer.from([0xff, 0xfe]))).toBeUndefined();
  });
});
