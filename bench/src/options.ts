import { parseArgs } from 'node:util';
import { CommandFailed } from '../../scripts/run-command.mjs';
import { SYSTEMS } from './systems/index.js';
import type { System } from './systems/system.js';
import { WORKS } from './works/index.js';
import type { Size, Work } from './works/work.js';

/** The options of the command line. */
export interface Options {
  readonly works: readonly Work[];
  /** The selected works. */
  readonly systems: readonly System[];
  readonly rounds: number;
  readonly size: Size;
  readonly json: string | undefined;
}

const USAGE = `npm run bench -- [options]
  --only WORK,…      these works only
  --systems NAME,…   these systems only; the reference of a work is always measured too
  --rounds N         measure each system N times, in alternating order (3)
  --quick            seconds instead of minutes: shows that it works, and no figure is worth anything
  --json FILE        write all that was measured

npm run bench -- memory | redis | scale | soak [--minutes N] | render FILE…: see docs/performance.md and docs/scale.md

works:   ${WORKS.map(({ name }) => name).join(' ')}
systems: ${SYSTEMS.map(({ name }) => name).join(' ')}`;

/** Selects works by their names or prefixes of them. */
const pick = <T extends { readonly name: string }>(what: string, all: readonly T[], names: string | undefined): T[] => {
  if (names === undefined) return [...all];
  const wanted = names.split(',');
  const outsider = wanted.find((name) => !all.some((one) => one.name.startsWith(name)));
  if (outsider !== undefined) {
    throw new CommandFailed(`There is no ${what} ${outsider}; there are: ${all.map(({ name }) => name).join(', ')}`);
  }
  return all.filter(({ name }) => wanted.some((start) => name.startsWith(start)));
};

/** @returns undefined after printing the help */
export const readOptions = (words: readonly string[]): Options | undefined => {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string' },
      systems: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return undefined;
  }
  const { quick } = values;
  const rounds = Number(values.rounds ?? (quick ? 1 : 3));
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new CommandFailed('--rounds must be a whole number from 1');
  return {
    works: pick('work', WORKS, values.only),
    systems: pick('system', SYSTEMS, values.systems),
    rounds,
    size: quick ? { quick, warmUpUnits: 100, measureMs: 300 } : { quick, warmUpUnits: 200_000, measureMs: 2_500 },
    json: values.json,
  };
};
