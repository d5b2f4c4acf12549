/** A rectangle on the stage, in CSS pixels from its top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The corner in which the self-view floats. */
export type Corner = 'bottom-right' | 'bottom-left' | 'top-left' | 'top-right';

const CLOCKWISE: readonly Corner[] = ['bottom-right', 'bottom-left', 'top-left', 'top-right'];

/** The next corner when the self-view is moved. */
export const nextCorner = (corner: Corner): Corner =>
  CLOCKWISE[(CLOCKWISE.indexOf(corner) + 1) % CLOCKWISE.length] as Corner;

/** Least visible share of a picture's width or height: uncropped, a wide picture on an upright phone is a slit. */
const SEEN = { wide: 0.9, upright: 0.62 } as const;
const SELF = { share: 0.19, least: 120, most: 256, tallest: 0.28 } as const;
const INSET = 12;

const clamp = (value: number, least: number, max: number): number => Math.min(max, Math.max(least, value));

const within = (aspect: number, width: number, height: number): { width: number; height: number } =>
  width / Math.max(1, height) > aspect
    ? { width: Math.floor(height * aspect), height: Math.floor(height) }
    : { width: Math.floor(width), height: Math.floor(width / aspect) };

/**
 * Lays out a call of two on a stage of `width` by `height`: the other participant as large as the aspect ratio of the
 * picture allows, and the self-view small in a corner, beside the other's picture or, without space there, on top of it.
 */
export const layoutPair = (
  width: number,
  height: number,
  pictures: { readonly other: number; readonly self: number },
  corner: Corner,
): { readonly other: Box; readonly self: Box } => {
  const stage = width / Math.max(1, height);
  const seen = stage < 1 ? SEEN.upright : SEEN.wide;
  const large = within(clamp(stage, pictures.other * seen, pictures.other / seen), width, height);
  const other = { x: Math.round((width - large.width) / 2), y: Math.round((height - large.height) / 2), ...large };

  // On a phone a wide self-view would be too low for a face and its badges.
  const shape = clamp(pictures.self, 0.75, stage < 1 ? 1 : 16 / 9);
  // The same area whatever the aspect ratio, so that an upright picture does not get too tall.
  const wanted = clamp(width * SELF.share, SELF.least, SELF.most) * Math.min(1, Math.sqrt(shape));
  const small = within(shape, wanted, height * SELF.tallest);
  const below = other.y >= small.height + INSET;
  const beside = other.x >= small.width + INSET;
  // Beside the other's picture it touches the edge of the stage; on top of it, it keeps an inset.
  const margin = {
    x: beside ? 0 : other.x + INSET,
    y: below ? 0 : other.y + INSET,
  };
  if (below && !beside) margin.x = 0;
  if (beside && !below) margin.y = 0;
  const [vertical, horizontal] = corner.split('-');
  return {
    other,
    self: {
      x: horizontal === 'left' ? margin.x : width - margin.x - small.width,
      y: vertical === 'top' ? margin.y : height - margin.y - small.height,
      ...small,
    },
  };
};
