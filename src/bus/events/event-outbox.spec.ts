import { expect, it, jest } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import { type Bus, BusUnavailable, type ClusterEvent } from '../bus.js';
import { EventOutbox } from './event-outbox.js';

const event = (room: string): ClusterEvent => ({ fact: 'room_closed', room: room as RoomId });

it('publishes waiting events in order when the bus is available again, and drops the oldest beyond the limit', async () => {
  jest.useFakeTimers();
  try {
    const published: ClusterEvent[] = [];
    let up = false;
    const publish = async (one: ClusterEvent) => {
      if (!up) throw new BusUnavailable();
      published.push(one);
    };
    const events = new EventOutbox({ publish } as Bus);
    for (let n = 0; n < 10_001; n += 1) await events.publish(event(`r${n}`));
    await jest.advanceTimersByTimeAsync(3_000);
    expect(published).toEqual([]);
    up = true;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(published).toHaveLength(10_000);
    expect([published[0], published.at(-1)]).toEqual([event('r1'), event('r10000')]);
    await events.publish(event('now'));
    expect(published.at(-1)).toEqual(event('now'));
    events.onModuleDestroy();
  } finally {
    jest.useRealTimers();
  }
});
