import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { NodeId, RoomId, UserId } from '@parley/protocol';
import type { ClusterEvent } from '../../bus/bus.js';
import { MemoryBus, MemoryBusHub } from '../../bus/bus.memory.js';
import { RoomHub } from '../rooms/room-hub.js';
import { SignalingStats } from '../signaling-stats.js';
import { RemovalPoller } from './removal-poller.js';

const [ROOM, ADA] = ['r1' as RoomId, 'ada' as UserId];
const REMOVAL = { id: 1, room: ROOM, user: ADA, at: 5, peers: [] };
const REMOVED: ClusterEvent = { fact: 'user_removed', room: ROOM, user: ADA, at: 5, peers: [] };

describe('the removal poller', () => {
  const hub = new MemoryBusHub();
  let bus: MemoryBus;
  let rooms: RoomHub;
  let poller: RemovalPoller;
  let events: ClusterEvent[];
  let now: number;
  let log: { recent: (seconds: number) => Promise<any[]>; occupied: (rooms: RoomId[]) => Promise<RoomId[]> };
  beforeEach(async () => {
    jest.useFakeTimers();
    [now, events] = [1, []];
    bus = new MemoryBus(hub);
    await bus.listen('n1' as NodeId);
    bus.onEvent((event) => events.push(event));
    rooms = new RoomHub(bus, new SignalingStats());
    log = { recent: async () => [REMOVAL], occupied: async () => [] };
    poller = new RemovalPoller(log as never, bus, rooms, () => now, 10_000);
    poller.start();
  });
  afterEach(async () => {
    poller.stop();
    jest.useRealTimers();
    await bus.close();
  });
  const pass = (ms: number) => {
    now += ms;
    return jest.advanceTimersByTimeAsync(ms);
  };

  it('reads no removals while the bus is available', async () => {
    await pass(5_000);
    expect(events).toEqual([]);
  });

  it('acts on each removal once while the bus is unavailable', async () => {
    hub.isolate(bus);
    await pass(2_000);
    expect(events).toEqual([REMOVED]);
  });

  it('reads removals after a gap, those of every room too', async () => {
    log.recent = async () => [REMOVAL, { ...REMOVAL, id: 2, room: undefined }];
    hub.isolate(bus);
    hub.restore(bus);
    await pass(500);
    expect(events).toEqual([REMOVED, { fact: 'user_revoked', user: ADA, before: 5 }]);
  });

  it('asks again when the database was unavailable', async () => {
    log.recent = () => Promise.reject(new Error('unavailable'));
    hub.isolate(bus);
    await pass(500);
    log.recent = async () => [REMOVAL];
    await pass(500);
    expect(events).toEqual([REMOVED]);
  });

  it('ends rooms of this node that ended, also while the bus is available', async () => {
    rooms.open(ROOM);
    log.occupied = async (asked) => asked;
    await pass(10_000);
    expect(events).toEqual([{ fact: 'room_closed', room: ROOM }]);
  });
});
