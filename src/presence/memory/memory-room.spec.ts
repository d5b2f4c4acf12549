import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, RoomId, UserId } from '@parley/protocol';
import { type AttachRequest, PRESENCE_TIMERS } from '../presence.js';
import { MAX_TOMBSTONES } from '../tombstones.js';
import { MemoryRoom } from './memory-room.js';

const join = (peer: string): AttachRequest => ({
  room: 'room' as RoomId,
  participant: { peer: peer as PeerId, user: 'user' as UserId, name: 'Ada', role: 'member', meta: {} },
  node: 'node' as NodeId,
  connection: 'connection' as ConnectionId,
  attempt: 1,
  capacity: 10,
  replaceMeta: true,
});

describe('a room in memory', () => {
  it('keeps a limited number of tombstones, the newest ones', () => {
    const room = new MemoryRoom('room' as RoomId, PRESENCE_TIMERS, () => 'epoch');
    for (let i = 0; i <= MAX_TOMBSTONES; i += 1) room.leave(`peer-${i}` as PeerId, 'left', undefined, 0);
    expect(room.attach(join('peer-1'), 1)).toEqual({ kind: 'ended' });
    expect(room.attach(join('peer-0'), 1)).toMatchObject({ kind: 'attached' });
  });

  it('can be dropped when it is empty and its tombstones have expired', () => {
    const room = new MemoryRoom('room' as RoomId, PRESENCE_TIMERS, () => 'epoch');
    room.attach(join('peer'), 0);
    expect(room.isForgettable(0)).toBe(false);
    room.leave('peer' as PeerId, 'left', undefined, 0);
    expect(room.isForgettable(PRESENCE_TIMERS.tombstoneMs - 1)).toBe(false);
    expect(room.isForgettable(PRESENCE_TIMERS.tombstoneMs)).toBe(true);
  });

  it('starts one new epoch when its store may have lost writes', () => {
    let epochs = 0;
    const room = new MemoryRoom('room' as RoomId, PRESENCE_TIMERS, () => `epoch-${++epochs}`);
    room.follow(1);
    room.attach(join('peer'), 0);
    room.follow(1);
    expect(room.snapshot().epoch).toBe('epoch-1');
    room.follow(2);
    expect(room.snapshot()).toMatchObject({ epoch: 'epoch-2', version: 1 });
    room.follow(2);
    expect(room.snapshot().epoch).toBe('epoch-2');
  });

  it('lists its members in the order of joining, and names each node that has or had one', () => {
    const room = new MemoryRoom('room' as RoomId, PRESENCE_TIMERS, () => 'epoch');
    const at = (peer: string, node: string, attempt: number): AttachRequest => ({
      ...join(peer),
      node: node as NodeId,
      connection: `${peer}-${attempt}` as ConnectionId,
      attempt,
    });
    room.attach(at('a', 'n1', 1), 0);
    room.attach(at('b', 'n2', 1), 0);
    const moved = room.attach(at('a', 'n2', 2), 0);
    expect(moved).toMatchObject({ resumed: true, change: { nodes: ['n1', 'n2'] } });
    expect(room.snapshot().members.map(({ peer, node }) => [peer, node])).toEqual([
      ['a', 'n2'],
      ['b', 'n2'],
    ]);
    expect(room.leave('b' as PeerId, 'left', undefined, 0)?.nodes).toEqual(['n2']);
    room.attach(at('c', 'n3', 1), 0);
    expect(room.leave('a' as PeerId, 'left', undefined, 0)?.nodes).toEqual(['n2', 'n3']);
    expect(room.leave('c' as PeerId, 'left', undefined, 0)?.nodes).toEqual(['n3']);
  });
});
