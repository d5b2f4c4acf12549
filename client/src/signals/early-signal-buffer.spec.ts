import { describe, expect, it } from '@jest/globals';
import type { PeerId } from '@parley/protocol';
import { VirtualClock } from '../testing/virtual-clock.js';
import { EARLY_RULES, EarlySignalBuffer } from './early-signal-buffer.js';

const frame = (from: string, body = '') => ({ message: { type: 'signal', from, kind: 'data' } as never, body });
const of = (frames: EarlySignalBuffer, peer: string) => frames.take(peer as PeerId).length;

describe('frames of peers that no roster has shown yet', () => {
  it('are given once, in order', () => {
    const frames = new EarlySignalBuffer(new VirtualClock());
    frames.keep(frame('a', '1'));
    frames.keep(frame('a', '2'));
    expect(frames.take('a' as PeerId).map(({ body }) => body)).toEqual(['1', '2']);
    expect(of(frames, 'a')).toBe(0);
  });

  it('are bounded by peers, by frames of one peer, and by size', () => {
    const frames = new EarlySignalBuffer(new VirtualClock());
    for (let n = 0; n < 100; n++) frames.keep(frame('a'));
    for (let n = 0; n < 100; n++) frames.keep(frame(`p${n}`));
    expect(of(frames, 'a')).toBe(EARLY_RULES.frames);
    expect(of(frames, `p${EARLY_RULES.peers - 2}`)).toBe(1);
    expect(of(frames, `p${EARLY_RULES.peers - 1}`)).toBe(0);
    for (let n = 0; n < 20; n++) frames.keep(frame('big', 'x'.repeat(100_000)));
    expect(of(frames, 'big')).toBe(10);
    frames.keep(frame('big', 'x'.repeat(1_000_000)));
    expect(of(frames, 'big')).toBe(1);
  });

  it('are forgotten after 10 s, and leave no timer when cleared', () => {
    const clock = new VirtualClock();
    const frames = new EarlySignalBuffer(clock);
    frames.keep(frame('a'));
    clock.advance(EARLY_RULES.keptMs);
    expect(of(frames, 'a')).toBe(0);
    frames.keep(frame('b'));
    frames.clear();
    expect(clock.timers).toBe(0);
  });
});
