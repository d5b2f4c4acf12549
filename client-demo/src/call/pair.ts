/** Where something lies on the stage, in CSS pixels from its top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the own picture floats. */
export type Corner = 'bottom-right' | 'bottom-left' | 'top-left' | 'top-right';

const CLOCKWISE: readonly Corner[] = ['bottom-right', 'bottom-left', 'top-left', 'top-right'];

/** The corner that comes next when the own picture is moved. */
export const nextCorner = (corner: Corner): Corner =>
  CLOCKWISE[(CLOCKWISE.indexOf(corner) + 1) % CLOCKWISE.length] as Corner;

/** How much of a picture's width or height must stay in sight: a wide picture on an upright phone would be a slit. */
const SEEN = { wide: 0.9, upright: 0.62 } as const;
const SELF = { share: 0.19, least: 120, most: 256, tallest: 0.28 } as const;
const INSET = 12;

const clamp = (value: number, least: number, max: number): number => Math.min(max, Math.max(least, value));

const within = (aspect: number, width: number, height: number): { width: number; height: number } =>
  width / Math.max(1, height) > aspect
    ? { width: Math.floor(height * aspect), height: Math.floor(height) }
    : { width: Math.floor(width), height: Math.floor(width / aspect) };

/**
 * A call of two on a stage of `width` by `height`: the other as large as the shape of their picture allows, oneself
 * small in a corner: beside the other where there is room, else upon them. Shapes are width over height.
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

  // On a phone a wide picture of oneself would be too low for a face and its badges.
  const shape = clamp(pictures.self, 0.75, stage < 1 ? 1 : 16 / 9);
  // The same area whatever the shape, so that an upright picture is not a tower.
  const wanted = clamp(width * SELF.share, SELF.least, SELF.most) * Math.min(1, Math.sqrt(shape));
  const small = within(shape, wanted, height * SELF.tallest);
  const below = other.y >= small.height + INSET;
  const beside = other.x >= small.width + INSET;
  // Free of the other's picture it goes to the very edge of the stage; upon the picture it stands in from its edge.
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
