import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { SYSTEMS } from '../systems/index.js';
import { WORKS } from '../works/index.js';
import { chartOf } from './chart.js';
import { growthChartOf } from './growth-chart.js';
import type { Report, WorkReport } from './report.js';
import { tableOf } from './text.js';

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';
const ROOT = join(import.meta.dirname, '../../..');
const PAGE = join(ROOT, 'docs/performance.md');
const IMAGES = join(ROOT, 'docs/images/performance');
const GROWTH = /^(sockets|in-rooms)-/;

/**
 * Writes the results into docs/performance.md, between two comments, with a chart per work.
 * @param files written by `--json`; rows of a later file replace those of the same system in an earlier one
 */
export const render = (files: readonly string[]): void => {
  const reports = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Report);
  const all = merge(reports.flatMap(({ works }) => works));
  mkdirSync(IMAGES, { recursive: true });
  const sections = all.filter(({ name }) => !GROWTH.test(name)).map((work) => sectionOf(work));
  const growth = all.filter(({ name }) => GROWTH.test(name));
  if (growth.length > 0) sections.push(growthOf(growth));
  const text = readFileSync(PAGE, 'utf8');
  const [before, after] = [text.split(BEGIN)[0], text.split(END)[1]];
  if (before === text || after === undefined) throw new Error(`${PAGE} has no section for the results`);
  writeFileSync(
    PAGE,
    [before, BEGIN, '\n\n', headOf(reports), '\n\n', sections.join('\n\n'), '\n\n', END, after].join(''),
  );
};

const merge = (works: readonly WorkReport[]): WorkReport[] => {
  const merged = new Map<string, WorkReport>();
  for (const work of works) {
    const rows = new Map([...(merged.get(work.name)?.rows ?? []), ...work.rows].map((row) => [row.system, row]));
    const order = SYSTEMS.map(({ name }) => name);
    const sorted = [...rows.values()].sort((a, b) => order.indexOf(a.system) - order.indexOf(b.system));
    merged.set(work.name, { ...work, rows: sorted });
  }
  const order = WORKS.map(({ name }) => name);
  return [...merged.values()].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
};

const headOf = (reports: readonly Report[]): string => {
  const { machine, versions } = reports[0]!;
  const commits = [...new Set(reports.map(({ commit }) => commit ?? '?'))].join(', ');
  const days = [...new Set(reports.map(({ at }) => at.slice(0, 10)))].join(', ');
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured ${days} at ${commits} on ${machine}. Versions: ${named.join(', ')}.`;
};

const embedChart = (svg: string, name: string, alt: string): string => {
  const file = join(IMAGES, `${name}.svg`);
  writeFileSync(file, svg);
  return `![${alt}](${relative(dirname(PAGE), file)})`;
};

const sectionOf = (work: WorkReport): string =>
  [`### ${work.title}`, embedChart(chartOf(work), work.name, work.title), tableOf(work)].join('\n\n');

const growthOf = (works: readonly WorkReport[]): string => {
  const image = embedChart(growthChartOf(works), 'growth', 'cost per signal as a node fills');
  return [
    '### Cost per signal as a node fills',
    image,
    ...works.map((work) => `**${work.title}**\n\n${tableOf(work)}`),
  ].join('\n\n');
};
