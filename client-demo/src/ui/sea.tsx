import { FLAGS } from './flags.js';

const WAVE = 60;
const WIDTH = 1440;

/** A line of waves, closed at the bottom. It is wider than the picture on both sides, so that it can be animated. */
const waves = (y: number, height: number): string => {
  let path = `M${-2 * WAVE} ${y}`;
  for (let x = -2 * WAVE; x < WIDTH + 2 * WAVE; x += WAVE) path += `q${WAVE / 2} ${height} ${WAVE} 0`;
  return `${path}V240H${-2 * WAVE}z`;
};

/** Flags in a column; `x` and `y` are its top left. */
const Signal = ({ letters, x, y }: { letters: string; x: number; y: number }) => (
  <g>
    {[...letters].map((letter, at) => (
      <g key={letter} transform={`translate(${x} ${y + at * 23}) scale(1.6)`}>
        {FLAGS[letter]?.map(([path, colour]) => (
          <path key={path} d={path} fill={colour} />
        ))}
        <path class="sea-edge" d="M0 0H12V12H0z" />
      </g>
    ))}
  </g>
);

/** A cutter under sail; drawn with the bow to the right. */
const Cutter = ({ letters, flip, class: name }: { letters: string; flip?: boolean; class: string }) => (
  <g class={name}>
    <g class="sea-boat">
      <g transform={flip ? 'scale(-1 1)' : undefined}>
        <path class="sea-mast" d="M0 0V-128M4 -118L66 -2M0 -116L-72 -122V-20L-64 -2" />
        <path class="sea-sail" d="M-4 -108Q-44 -62 -54 -14Q-28 -8 -4 -14z" />
        <path class="sea-sail jib" d="M7 -98Q32 -52 52 -12Q28 -7 7 -12z" />
        <path class="sea-hull" d="M-64 -2H66Q58 24 34 26H-40Q-58 24 -64 -2z" />
        <path class="sea-stripe" d="M-62 6H64l-2 4H-60z" />
      </g>
      {/* Flags are read the same way round on either boat. */}
      <Signal letters={letters} x={flip ? 73 : -92} y={-119} />
    </g>
  </g>
);

/** Two boats signalling to each other. Decorative. */
export const Sea = () => (
  <svg
    class="sea"
    viewBox={`0 0 ${WIDTH} 240`}
    preserveAspectRatio="xMidYMax slice"
    aria-hidden="true"
    focusable="false"
  >
    <path class="sea-far" d={waves(128, 7)} />
    <Cutter class="sea-left" letters="HEY" />
    <path class="sea-mid" d={waves(158, 10)} />
    <Cutter class="sea-right" letters="AHOY" flip />
    <path class="sea-near" d={waves(194, 13)} />
  </svg>
);
