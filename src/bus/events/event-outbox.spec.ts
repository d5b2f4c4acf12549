import { expect, it, jest } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import { type Bus, BusUnavailable, type Fact } from '../bus.js';
import { Announcer } from './event-outbox.js';

const fact = (room: string): Fact => ({ fact: 'room_closed', room: room as RoomId });

it('tells what waited for the bus when it is back, in its order, the oldest beyond the bound left out', async () => {
  jest.useFakeTimers();
  try {
    const told: Fact[] = [];
    let up = false;
    const announce = async (one: Fact) => {
      if (!up) throw new BusUnavailable();
      told.push(one);
    };
    const announcer = new Announcer({ announce } as Bus);
    for (let n = 0; n < 10_001; n += 1) await announcer.tell(fact(`r${n}`));
    await jest.advanceTimersByTimeAsync(3_000);
    expect(told).toEqual([]);
    up = true;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(told).toHaveLength(10_000);
    expect([told[0], told.at(-1)]).toEqual([fact('r1'), fact('r10000')]);
    await announcer.tell(fact('now'));
    expect(told.at(-1)).toEqual(fact('now'));
    announcer.onModuleDestroy();
  } finally {
    jest.useRealTimers();
  }
});
