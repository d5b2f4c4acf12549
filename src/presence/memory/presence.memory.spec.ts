import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, RoomId, UserId } from '@parley/protocol';
import { PRESENCE_TIMERS } from '../presence.js';
import { MemoryPresence, MemoryPresenceStore } from './presence.memory.js';

const NODE = 'node' as NodeId;

const setup = () => {
  const clock = { now: 0 };
  const store = new MemoryPresenceStore(() => clock.now);
  const presence = new MemoryPresence(store);
  const enter = (room: string, peer: string, meta: Record<string, unknown> = {}) =>
    presence.attach({
      room: room as RoomId,
      participant: { peer: peer as PeerId, user: 'user' as UserId, name: 'Ada', role: 'member', meta: meta as never },
      node: NODE,
      connection: 'connection' as ConnectionId,
      attempt: 1,
      capacity: 10,
      replaceMeta: true,
    });
  const leave = (room: string, peer: string) => presence.leave(room as RoomId, peer as PeerId, 'left');
  return { clock, store, presence, enter, leave };
};

describe('presence in memory', () => {
  it('keeps the tombstones of an empty room, and drops the room with the last of them', async () => {
    const { clock, store, presence, enter, leave } = setup();
    await presence.renew(NODE);
    for (const room of ['one', 'two']) {
      await enter(room, 'peer');
      await leave(room, 'peer');
      clock.now += 1;
    }
    expect([store.rooms.size, store.emptyRooms.size]).toEqual([0, 2]);
    expect(await presence.sweep()).toEqual([]);
    expect(await enter('one', 'peer')).toEqual({ kind: 'ended' });
    expect(await enter('one', 'other')).toMatchObject({ kind: 'attached' });
    expect([store.rooms.size, store.emptyRooms.size]).toEqual([1, 1]);
    clock.now = PRESENCE_TIMERS.tombstoneMs + 1;
    await presence.renew(NODE);
    await presence.sweep();
    expect([[...store.rooms.keys()], store.emptyRooms.size]).toEqual([['one'], 0]);
  });

  it('stores nothing for a room that no peer ever joined', async () => {
    const { store, presence } = setup();
    expect(await presence.snapshot('none' as RoomId)).toMatchObject({ epoch: '', version: 0, members: [] });
    expect([store.rooms.size, store.emptyRooms.size]).toEqual([0, 0]);
  });

  it('copies what it stores: later changes by the caller have no effect', async () => {
    const { presence, enter } = setup();
    const [full, empty] = [{ muted: { audio: true } }, {} as Record<string, unknown>];
    await enter('room', 'full', full);
    await enter('room', 'empty', empty);
    full.muted.audio = false;
    empty.late = true;
    const { members } = await presence.snapshot('room' as RoomId);
    expect(members.map(({ meta }) => meta)).toEqual([{ muted: { audio: true } }, {}]);
  });
});
