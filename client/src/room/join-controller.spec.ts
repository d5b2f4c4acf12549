import { describe, expect, it } from '@jest/globals';
import type { RoomId } from '@parley/protocol';
import type { ParleyError } from '../errors.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { JOIN_RULES, JoinController } from './join-controller.js';
import type { RoomContext } from './room-context.js';

const ROOM = 'room' as RoomId;
const HOUR_MS = 3_600_000;

const setup = () => {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const refusals: ParleyError[] = [];
  const context = {
    options: { clock, random: () => 0 },
    connected: () => true,
    transmit: ({ id }: { id: string }) => asked.push(id) > 0,
  } as unknown as RoomContext;
  const entry = new JoinController(context, ROOM, { meta: () => undefined }, (error) => refusals.push(error));
  entry.enter().catch(() => {});
  const wait = () => entry.receive({ type: 'waiting', re: asked.at(-1) as string, room: ROOM });
  return { clock, asked, refusals, entry, wait };
};

describe('a join', () => {
  it('without a reply is sent again, and fails after 45 s', () => {
    const { clock, asked, refusals } = setup();
    clock.advance(JOIN_RULES.deadlineMs);
    expect(asked.length).toBeGreaterThan(3);
    expect(refusals).toMatchObject([{ code: 'timeout' }]);
  });

  it('that waits in the lobby is neither asked again nor given up', () => {
    const { clock, asked, refusals, wait } = setup();
    wait();
    clock.advance(HOUR_MS);
    expect([asked.length, refusals, clock.timers]).toEqual([1, [], 0]);
  });

  it('that was let in and then is not answered is given up after 45 s', () => {
    const { clock, refusals, entry, wait } = setup();
    wait();
    clock.advance(HOUR_MS);
    entry.receive({ type: 'admitted', room: ROOM });
    clock.advance(JOIN_RULES.deadlineMs);
    expect(refusals).toMatchObject([{ code: 'timeout' }]);
  });

  it('of a client that was in the room never times out, even if it must be admitted again', () => {
    const { clock, asked, refusals, entry, wait } = setup();
    expect(entry.joined(asked[0] as string)).toBe(true);
    entry.detach();
    entry.ask();
    wait();
    entry.receive({ type: 'admitted', room: ROOM });
    clock.advance(HOUR_MS);
    expect(refusals).toEqual([]);
  });

  it('is answered by its own reply alone, also a late one of the same socket', () => {
    const { clock, asked, entry } = setup();
    expect(entry.joined('join-of-a-cancelled-room')).toBe(false);
    expect(entry.attached).toBe(false);
    clock.advance(JOIN_RULES.replyMs);
    expect(asked).toHaveLength(2);
    expect(entry.joined(asked[0] as string)).toBe(true);
    expect(entry.joined(asked[1] as string)).toBe(true);
    entry.ask();
    entry.detach();
    expect(entry.joined(asked[2] as string)).toBe(false);
  });

  it('takes the answer to its own wait alone', () => {
    const { asked, refusals, entry, wait } = setup();
    wait();
    entry.receive({ type: 'refused', room: ROOM, join: 'join-of-a-cancelled-room', reason: 'denied' });
    entry.receive({ type: 'admitted', room: ROOM, join: 'join-of-a-cancelled-room' });
    expect([asked.length, refusals, entry.inLobby]).toEqual([1, [], true]);
    entry.receive({ type: 'refused', room: ROOM, join: asked[0] as string, reason: 'denied' });
    expect(refusals).toMatchObject([{ code: 'denied' }]);
  });

  it('takes no word on the lobby that it does not wait in', () => {
    const { clock, asked, refusals, entry } = setup();
    entry.receive({ type: 'waiting', re: 'another', room: ROOM });
    entry.receive({ type: 'admitted', room: ROOM });
    entry.receive({ type: 'refused', room: ROOM, reason: 'denied' });
    expect([asked.length, refusals, clock.timers]).toEqual([1, [], 2]);
  });
});
