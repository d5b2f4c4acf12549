import { STYLE } from './chart.js';
import type { WorkReport } from './report.js';

const WIDTH = 720;
const HEIGHT = 260;
const LEFT = 40;
const TOP = 56;
const BOTTOM = 60;

/** Draws the cost per signal of Parley and the reference as a node fills. It should be flat. */
export const growthChartOf = (works: readonly WorkReport[]): string => {
  const costs = works.flatMap(({ rows }) => rows.map(({ figures }) => figures.cost));
  const scale = (HEIGHT - TOP - BOTTOM) / Math.max(...costs);
  const step = (WIDTH - LEFT) / works.length;
  const bars = works.flatMap(({ name, rows }, i) => [
    ...labelOf(name).map(
      (line, j) =>
        `<text class="note" x="${(LEFT + (i + 0.4) * step).toFixed(1)}" y="${HEIGHT - BOTTOM + 16 + 14 * j}" text-anchor="middle">${line}</text>`,
    ),
    ...rows.map(({ system, figures }, j) => {
      const height = figures.cost * scale;
      const x = LEFT + i * step + j * step * 0.4;
      const y = HEIGHT - BOTTOM - height;
      const kind = system === 'parley' ? 'own' : 'bar';
      return [
        `<rect class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${(step * 0.38).toFixed(1)}" height="${height.toFixed(1)}" rx="2"/>`,
        `<text class="note" x="${(x + step * 0.19).toFixed(1)}" y="${(y - 4).toFixed(1)}" text-anchor="middle">${figures.cost.toFixed(1)}</text>`,
      ].join('');
    }),
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" role="img" aria-label="CPU per signal as a node fills">
<style>${STYLE}
</style>
<text class="title" x="0" y="16">CPU per signal as a node fills</text>
<text class="note" x="0" y="34">µs of server CPU per signal, four in flight; grey: bare ws relay, green: Parley</text>
${bars.join('\n')}
<text class="note" x="${LEFT}" y="${HEIGHT - 14}">sockets: in rooms of two, so many in all; rooms: so many rooms with all people in them</text>
</svg>
`;
};

const labelOf = (name: string): string[] => {
  const [, kind = '', count = ''] = /^(.+)-(\d+)$/.exec(name) ?? [];
  return [Number(count).toLocaleString('en'), kind.replace('in-', '')];
};
