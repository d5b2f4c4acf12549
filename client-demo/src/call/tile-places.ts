import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { layoutGrid } from './layout.js';
import { type Corner, layoutPair } from './pair.js';

/** How the tiles are laid out: a grid, a pair with the self-view in a corner, or a strip beside a shared screen. */
export type Places =
  | { readonly as: 'grid'; readonly count: number }
  | { readonly as: 'pair'; readonly other: number; readonly self: number; readonly corner: Corner }
  | { readonly as: 'strip' };

/** Below this size a face is not recognizable; the stage scrolls instead. */
const LEAST_TILE = { width: 132, height: 96 };

const lengthsFor = (places: Places, width: number, height: number, gap: number): Record<string, number> => {
  if (places.as === 'strip') return {};
  if (places.as === 'grid') {
    const grid = layoutGrid(places.count, width, height, gap);
    return {
      'tile-w': Math.max(LEAST_TILE.width, grid.tileWidth),
      'tile-h': Math.max(LEAST_TILE.height, grid.tileHeight),
    };
  }
  const lengths: Record<string, number> = {};
  for (const [who, box] of Object.entries(layoutPair(width, height, places, places.corner))) {
    for (const [what, length] of Object.entries(box)) lengths[`${who}-${what}`] = length;
  }
  return lengths;
};

/** Sets the lengths of the tiles as CSS custom properties of the list, now and whenever its size changes. */
export const usePlaces = (places: Places): RefObject<HTMLUListElement | null> => {
  const ref = useRef<HTMLUListElement>(null);
  const wanted = JSON.stringify(places);
  useLayoutEffect(() => {
    const list = ref.current;
    if (!list) return;
    const fit = () => {
      const gap = Number.parseFloat(getComputedStyle(list).columnGap) || 12;
      const lengths = lengthsFor(JSON.parse(wanted) as Places, list.clientWidth, list.clientHeight, gap);
      for (const [name, length] of Object.entries(lengths)) list.style.setProperty(`--${name}`, `${length}px`);
    };
    const observer = new ResizeObserver(fit);
    observer.observe(list);
    fit();
    return () => observer.disconnect();
  }, [wanted]);
  return ref;
};
