import type { Row, WorkReport } from './report.js';

const WIDTH = 720;
const LABEL = 150;
const BAR = 22;
const GAP = 8;
const TOP = 46;
const VALUE = 70;

/** Colours that are legible on white and on black; text has the colour of the page. */
export const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .note { fill: #59636e; font-size: 12px; }
  .bar { fill: #8c96a3; }
  .own { fill: #1a7f64; }
  .range { stroke: #1f2328; stroke-width: 1.5; }
  .line { stroke: #59636e; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .note { fill: #9198a1; }
    .bar { fill: #6e7783; }
    .own { fill: #3fb996; }
    .range { stroke: #e6edf3; }
    .line { stroke: #9198a1; }
  }`;

const plain = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** Draws one work as an SVG of bars: the ratio of each system to the reference, with its range over the rounds. */
export const chartOf = ({ title, figure, rows }: WorkReport): string => {
  const max = Math.max(1, ...rows.map(({ ratio }) => ratio.max));
  const scale = (WIDTH - LABEL - VALUE) / max;
  const height = TOP + rows.length * (BAR + GAP) + 8;
  const one = LABEL + scale;
  const note = `${figure}, as a ratio to the reference: median of the rounds, line: min to max; shorter is better`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img" aria-label="${plain(`${title}: ${note}`)}">
<style>${STYLE}
</style>
<text class="title" x="0" y="16">${plain(title)}</text>
<text class="note" x="0" y="34">${plain(note)}</text>
<line class="line" x1="${one.toFixed(1)}" x2="${one.toFixed(1)}" y1="${TOP - 6}" y2="${height - 4}"/>
${rows.map((row, i) => barOf(row, TOP + i * (BAR + GAP), scale)).join('\n')}
</svg>
`;
};

const barOf = ({ system, ratio: { median, least, max } }: Row, y: number, scale: number): string => {
  const middle = y + BAR / 2;
  const at = (value: number): string => (LABEL + value * scale).toFixed(1);
  const kind = system.startsWith('parley') ? 'own' : 'bar';
  return [
    `<text x="${LABEL - 8}" y="${middle + 4.5}" text-anchor="end">${plain(system)}</text>`,
    `<rect class="${kind}" x="${LABEL}" y="${y}" width="${Math.max(1, median * scale).toFixed(1)}" height="${BAR}" rx="3"/>`,
    `<line class="range" x1="${at(least)}" x2="${at(max)}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${(LABEL + max * scale + 8).toFixed(1)}" y="${middle + 4.5}">${median.toFixed(2)}</text>`,
  ].join('');
};
