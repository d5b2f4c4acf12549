import { expect, it, jest } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import { type Bus, BusUnavailable, type ClusterEvent } from '../bus.js';
import { EventOutbox } from './event-outbox.js';

const event = (room: string): ClusterEvent => ({ fact: 'room_closed', room: room as RoomId });

it('tells what waited for the bus when it is back, in its order, the oldest beyond the bound left out', async () => {
  jest.useFakeTimers();
  try {
    const told: ClusterEvent[] = [];
    let up = false;
    const publish = async (one: ClusterEvent) => {
      if (!up) throw new BusUnavailable();
      told.push(one);
    };
    const events = new EventOutbox({ publish } as Bus);
    for (let n = 0; n < 10_001; n += 1) await events.publish(event(`r${n}`));
    await jest.advanceTimersByTimeAsync(3_000);
    expect(told).toEqual([]);
    up = true;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(told).toHaveLength(10_000);
    expect([told[0], told.at(-1)]).toEqual([event('r1'), event('r10000')]);
    await events.publish(event('now'));
    expect(told.at(-1)).toEqual(event('now'));
    events.onModuleDestroy();
  } finally {
    jest.useRealTimers();
  }
});
