import { describe, expect, it } from '@jest/globals';
import type { NodeId, RoomId } from '@parley/protocol';
import { RedisKeys } from './keys.js';

const keys = new RedisKeys('parley');
const tagOf = (key: string) => /\{([^}]*)\}/.exec(key)?.[1];

describe('the Redis keys', () => {
  it.each(['room-1', '}x', '{}', 'a}b', '{nodes}', '', '\ud800', '~x', '☃'])(
    'keep the keys of room %j in one slot',
    (id) => {
      const room = id as RoomId;
      expect(tagOf(keys.room(room))).toBeTruthy();
      expect(tagOf(keys.room(room))).toBe(tagOf(keys.ended(room)));
      expect(keys.room(room).match(/[{}]/g)).toHaveLength(2);
    },
  );

  it('differ for different ids', () => {
    const ids = ['a', 'A', '~a', 'a}', '}', '', '\ud800', '\udfff', '\ufffd', 'nodes'];
    expect(new Set(ids.map((id) => keys.room(id as RoomId))).size).toBe(ids.length);
    expect(new Set(ids.map((id) => keys.channel(id as NodeId))).size).toBe(ids.length);
  });

  it('of the nodes share one slot', () => {
    const tags = [keys.leases, keys.dead, keys.due, keys.swept, `${keys.roomsOfNode}n}1`].map(tagOf);
    expect(new Set(tags)).toEqual(new Set(['nodes']));
  });

  it('of the topics of a group share one slot', () => {
    expect(tagOf(keys.topic(3, 'a'))).toBe(tagOf(keys.topic(3, 'node-b')));
    expect(tagOf(keys.topic(3, 'a'))).not.toBe(tagOf(keys.topic(4, 'a')));
  });
});
