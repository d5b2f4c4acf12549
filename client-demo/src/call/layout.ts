/** How the tiles of a call share the stage. Lengths are CSS pixels. */
export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

/** The least and greatest aspect ratio (width over height) that a tile may crop a picture to. */
export const ASPECT = { min: 0.75, max: 16 / 9 } as const;

/** The size of one tile when the stage has so many columns and rows. */
const fit = (columns: number, rows: number, width: number, height: number, gap: number) => {
  const cellWidth = Math.max(0, (width - gap * (columns - 1)) / columns);
  const cellHeight = Math.max(0, (height - gap * (rows - 1)) / rows);
  return {
    tileWidth: Math.floor(Math.min(cellWidth, cellHeight * ASPECT.max)),
    tileHeight: Math.floor(Math.min(cellHeight, cellWidth / ASPECT.min)),
  };
};

/** Score of a tile: the area of the largest picture of the ideal aspect ratio in it, so that thin tiles score low. */
const worth = (tileWidth: number, tileHeight: number, ideal: number): number =>
  Math.min(tileWidth, tileHeight * ideal) * Math.min(tileHeight, tileWidth / ideal);

/**
 * The columns and rows that show `count` equal tiles largest in a stage of `width` by `height`.
 * A tile's shape stays within {@link ASPECT}; among equals the one with fewer empty places wins.
 */
export const layoutGrid = (count: number, width: number, height: number, gap: number): GridLayout => {
  const tiles = Math.max(1, count);
  let best: GridLayout = { columns: 1, rows: tiles, ...fit(1, tiles, width, height, gap) };
  let bestWorth = -1;
  // Upright stages are phones, whose cameras are upright too: squares serve both.
  const ideal = Math.min(1.4, Math.max(1, width / Math.max(1, height)));
  for (let columns = 1; columns <= tiles; columns++) {
    const rows = Math.ceil(tiles / columns);
    const size = fit(columns, rows, width, height, gap);
    const empty = columns * rows - tiles;
    const value = worth(size.tileWidth, size.tileHeight, ideal) * (1 - 0.04 * empty);
    if (value > bestWorth) {
      best = { columns, rows, ...size };
      bestWorth = value;
    }
  }
  return best;
};
