import { describe, expect, it } from '@jest/globals';
import { participant } from '../testing/fake-gateway.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { RoomRoster } from './room-roster.js';

const WINDOW_MS = 30_000;

const setup = () => {
  const clock = new VirtualClock();
  let asked = 0;
  const ask = () => {
    asked += 1;
  };
  const roster = new RoomRoster(clock, () => WINDOW_MS, ask);
  const read = (epoch: string, version: number, ...peers: string[]) => {
    const participants = peers.map((peer, order) => participant(peer, order));
    const changes = roster.replace({ epoch, version, participants });
    return changes === 'gap' ? changes : changes.map(({ change, participant: { peer } }) => `${change} ${peer}`);
  };
  read('one', 5, 'me', 'a', 'b');
  return { clock, roster, read, asked: () => asked };
};

describe('the roster of a room', () => {
  it('drops who did not come back in a new epoch only when a later reading does not have them either', () => {
    const { clock, read, asked } = setup();
    expect(read('two', 1, 'me')).toEqual(['away a', 'away b']);
    expect(read('two', 2, 'me', 'a')).toEqual(['back a']);
    clock.advance(WINDOW_MS);
    expect(asked()).toBe(1);
    // This client was cut off, and heard of nobody for all that time.
    expect(read('two', 1, 'me')).toBe('gap');
    expect(read('two', 3, 'me', 'a')).toEqual(['left b']);
    expect(clock.timers).toBe(0);
  });

  it('asks nothing when all are back in time', () => {
    const { clock, roster, read, asked } = setup();
    read('two', 1, 'me');
    roster.apply({
      epoch: 'two',
      version: 3,
      events: ['a', 'b'].map((peer) => ({ event: 'joined', participant: participant(peer, 2) })),
    });
    clock.advance(WINDOW_MS);
    expect(asked()).toBe(0);
    expect(clock.timers).toBe(0);
  });

  it('restarts the window when another epoch begins', () => {
    const { clock, read, asked } = setup();
    read('two', 1, 'me');
    clock.advance(WINDOW_MS);
    expect(read('three', 1, 'me')).toEqual([]);
    expect(read('three', 2, 'me')).toEqual([]);
    clock.advance(WINDOW_MS);
    expect(asked()).toBe(2);
    expect(read('three', 2, 'me')).toEqual(['left a', 'left b']);
  });
});
