import { describe, expect, it } from '@jest/globals';
import { ASPECT, layoutGrid } from './layout.js';

const DESKTOP = { width: 1400, height: 760 };
const PHONE = { width: 366, height: 660 };

describe('layoutGrid', () => {
  for (const [name, stage] of Object.entries({ DESKTOP, PHONE })) {
    it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(`keeps %i tiles inside the stage and well shaped (${name})`, (count) => {
      const grid = layoutGrid(count, stage.width, stage.height, 12);
      expect(grid.columns * grid.rows).toBeGreaterThanOrEqual(count);
      expect(grid.columns * (grid.rows - 1)).toBeLessThan(count);
      expect(grid.columns * grid.tileWidth + (grid.columns - 1) * 12).toBeLessThanOrEqual(stage.width);
      expect(grid.rows * grid.tileHeight + (grid.rows - 1) * 12).toBeLessThanOrEqual(stage.height);
      const aspect = grid.tileWidth / grid.tileHeight;
      expect(aspect).toBeGreaterThan(ASPECT.min - 0.02);
      expect(aspect).toBeLessThan(ASPECT.max + 0.02);
    });
  }

  it('puts two side by side on a desktop and one above the other on a phone', () => {
    expect(layoutGrid(2, DESKTOP.width, DESKTOP.height, 12)).toMatchObject({ columns: 2, rows: 1 });
    expect(layoutGrid(2, PHONE.width, PHONE.height, 12)).toMatchObject({ columns: 1, rows: 2 });
  });

  it('uses 2 × 2 tiles for four and 3 × 3 for nine on a desktop', () => {
    expect(layoutGrid(4, DESKTOP.width, DESKTOP.height, 12)).toMatchObject({ columns: 2, rows: 2 });
    expect(layoutGrid(9, DESKTOP.width, DESKTOP.height, 12)).toMatchObject({ columns: 3, rows: 3 });
  });

  it('uses two columns for four and more on a phone', () => {
    for (const count of [4, 5, 6, 7, 8]) {
      for (const height of [600, 660, 710]) expect(layoutGrid(count, PHONE.width, height, 8).columns).toBe(2);
    }
  });

  it('returns empty tiles for a stage without a size', () => {
    const grid = layoutGrid(3, 0, 0, 12);
    expect(grid.tileWidth).toBe(0);
    expect(grid.tileHeight).toBe(0);
  });
});
