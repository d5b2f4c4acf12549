import { describe, expect, it } from '@jest/globals';
import { type Box, type Corner, layoutPair, nextCorner } from './pair.js';

const STAGES = {
  desktop: [1416, 745],
  'desktop with the chat': [1032, 745],
  phone: [374, 660],
  'phone on its side': [820, 270],
} as const;
const WIDE = 16 / 9;
const UPRIGHT = 9 / 16;
const CORNERS: readonly Corner[] = ['bottom-right', 'bottom-left', 'top-left', 'top-right'];

const inside = (box: Box, width: number, height: number) =>
  box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
const overlap = (one: Box, two: Box) =>
  one.x < two.x + two.width && two.x < one.x + one.width && one.y < two.y + two.height && two.y < one.y + one.height;

describe('layoutPair', () => {
  for (const [name, [width, height]] of Object.entries(STAGES)) {
    for (const other of [WIDE, 4 / 3, UPRIGHT]) {
      it(`keeps both on the stage, the other much larger: ${name}, aspect ratio ${other.toFixed(2)}`, () => {
        for (const corner of CORNERS) {
          const pair = layoutPair(width, height, { other, self: WIDE }, corner);
          expect(inside(pair.other, width, height)).toBe(true);
          expect(inside(pair.self, width, height)).toBe(true);
          expect(pair.other.width * pair.other.height).toBeGreaterThan(4 * pair.self.width * pair.self.height);
        }
      });
    }
  }

  it('shows nearly all of a wide picture on a desktop', () => {
    const { other } = layoutPair(1416, 745, { other: WIDE, self: WIDE }, 'bottom-right');
    expect(other.height).toBe(745);
    expect(other.width / other.height).toBeGreaterThan(WIDE * 0.89);
    expect(other.width / other.height).toBeLessThan(WIDE / 0.89);
  });

  it('puts the self-view beside the other where there is space, and on top where there is none', () => {
    const phone = layoutPair(374, 660, { other: WIDE, self: 0.75 }, 'bottom-right');
    expect(overlap(phone.self, phone.other)).toBe(false);
    const desktop = layoutPair(1416, 745, { other: WIDE, self: WIDE }, 'bottom-right');
    expect(overlap(desktop.self, desktop.other)).toBe(true);
    expect(desktop.self.x + desktop.self.width).toBeLessThan(desktop.other.x + desktop.other.width);
  });

  it('fills a phone with the picture of a phone', () => {
    const { other } = layoutPair(374, 660, { other: UPRIGHT, self: 0.75 }, 'top-left');
    expect(other).toEqual({ x: 0, y: 0, width: 374, height: 660 });
  });

  it('visits every corner', () => {
    const seen = CORNERS.map(nextCorner);
    expect(new Set(seen).size).toBe(4);
    const places = CORNERS.map((corner) => layoutPair(1416, 745, { other: WIDE, self: WIDE }, corner).self);
    expect(new Set(places.map(({ x, y }) => `${x},${y}`)).size).toBe(4);
  });

  it('returns finite lengths for a stage without a size', () => {
    const { other, self } = layoutPair(0, 0, { other: WIDE, self: WIDE }, 'bottom-right');
    for (const value of [...Object.values(other), ...Object.values(self)]) expect(Number.isFinite(value)).toBe(true);
  });
});
