import { writeFileSync } from 'node:fs';
import { layGround } from './ground.js';
import { measureMemory } from './memory.js';
import { readOptions } from './options.js';
import { measureRedisWork } from './redis-work.js';
import { render } from './report/render.js';
import { type Report, reportOf } from './report/report.js';
import { textOf } from './report/text.js';
import { runRounds } from './rounds.js';
import { scale } from './scale/scale.js';
import { soak } from './soak.js';

/** Commands other than the works, by the first argument. */
const OTHERS: Readonly<Record<string, (words: readonly string[]) => Promise<void> | void>> = {
  memory: measureMemory,
  soak,
  render,
  scale,
  redis: measureRedisWork,
};

/** The benchmark: `npm run bench -- --help`. */
export const bench = async ([first = '', ...others]: readonly string[]): Promise<void> => {
  const other = OTHERS[first];
  if (other !== undefined) return other(others);
  const options = readOptions([first, ...others].filter(Boolean));
  if (options === undefined) return;
  /** Saves the results after each round, so that a late failure does not lose them. */
  const keep = (report: Report): void => {
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  };
  const { ground, stop } = await layGround({ redis: options.works.some(({ nodes }) => nodes > 1) });
  try {
    const rounds = await runRounds(options, ground, (soFar) => keep(reportOf(soFar)));
    console.log(`\n${textOf(reportOf(rounds))}`);
  } finally {
    await stop();
  }
};
