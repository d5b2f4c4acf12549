import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../testing/virtual-clock.js';
import { IceRecovery } from './ice-recovery.js';

const start = (polite: boolean) => {
  const clock = new VirtualClock();
  const restarts: number[] = [];
  let state: RTCPeerConnectionState = 'connected';
  const recovery = new IceRecovery({
    clock,
    polite: () => polite,
    state: () => state,
    restart: () => restarts.push(clock.now()),
  });
  const become = (next: RTCPeerConnectionState) => {
    state = next;
    recovery.changed();
  };
  return { clock, restarts, recovery, become };
};

describe('ICE recovery', () => {
  it('restarts a failed connection at once on one side, and 5 s later on the polite one', () => {
    for (const [polite, at] of [[false, 0] as const, [true, 5_000] as const]) {
      const { clock, restarts, become } = start(polite);
      become('failed');
      clock.advance(6_000);
      expect(restarts).toEqual([at]);
    }
  });

  it('leaves a connection alone that heals by itself, and one whose media flows', () => {
    const { clock, restarts, recovery, become } = start(false);
    recovery.resumed();
    become('disconnected');
    clock.advance(3_000);
    become('connected');
    clock.advance(100_000);
    expect(restarts).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('restarts one that stays disconnected for 4 s', () => {
    const { clock, restarts, become, recovery } = start(false);
    become('disconnected');
    clock.advance(2_000);
    recovery.resumed();
    clock.advance(2_000);
    expect(restarts).toEqual([4_000]);
  });

  it('tries again ever less often while nothing helps', () => {
    const { clock, restarts, become } = start(false);
    become('failed');
    clock.advance(151_000);
    expect(restarts).toEqual([0, 10_000, 30_000, 70_000, 110_000, 150_000]);
  });

  it('stops when the connection is over', () => {
    const { clock, restarts, become } = start(true);
    become('failed');
    become('closed');
    clock.advance(100_000);
    expect(restarts).toEqual([]);
  });
});
