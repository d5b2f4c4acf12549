import type { Report, Row, WorkReport } from './report.js';

/** Formats the results for a terminal and for Markdown. */
export const textOf = ({ machine, works }: Report): string =>
  [machine, ...works.map((work) => `**${work.title}**\n\n${tableOf(work)}`)].join('\n\n');

/** One work as a Markdown table. */
export const tableOf = ({ figure, rows }: WorkReport): string =>
  [
    `| system | ratio | min–max of rounds | ${figure} | per second | p50 ms | p99 ms | more |`,
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(rowOf),
  ].join('\n');

const rowOf = ({ system, rounds, ratio, figures }: Row): string => {
  const { cost, perSecond, p50, p99, redis, commands, more = {} } = figures;
  const cells = [
    system,
    `**${ratio.median.toFixed(2)}**`,
    rounds === 1 ? '1 round' : `${ratio.least.toFixed(2)}–${ratio.max.toFixed(2)} of ${rounds}`,
    number(cost),
    perSecond === undefined ? '' : Math.round(perSecond).toLocaleString('en'),
    number(p50),
    number(p99),
    [
      ...(redis === undefined ? [] : [`Redis ${number(redis)} µs, ${number(commands)} commands`]),
      ...Object.entries(more).map(([name, value]) => `${name} ${number(value)}`),
    ].join('; '),
  ];
  return `| ${cells.join(' | ')} |`;
};

/** Formats a number with three significant digits. */
const number = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value)
    ? ''
    : value >= 100
      ? Math.round(value).toLocaleString('en')
      : value.toPrecision(3);
