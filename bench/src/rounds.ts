import type { Options } from './options.js';
import { systemNamed } from './systems/index.js';
import type { Ground, System } from './systems/system.js';
import type { Figures, Work } from './works/work.js';

/** All measurements of one work: a row per round, a column per system. */
export interface WorkRounds {
  readonly work: Work;
  readonly rounds: readonly ReadonlyMap<string, Figures>[];
}

/** Above this share of a core, the generator may be the bottleneck. */
const GENERATOR_LIMIT = 0.9;
/** Above this share, other work on the machine affects the figures. */
const OTHERS_LIMIT = 0.25;

/**
 * Measures every system once per round; every second round has the reverse order.
 * @param onRound called after each round with all measurements so far
 */
export const runRounds = async (
  options: Options,
  ground: Ground,
  onRound: (all: readonly WorkRounds[]) => void,
): Promise<WorkRounds[]> => {
  const all: WorkRounds[] = [];
  for (const work of options.works) {
    const systems = systemsOf(work, options);
    console.log(`\n${work.name}: ${work.title}`);
    const rounds: Map<string, Figures>[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const order = round % 2 === 0 ? systems : systems.toReversed();
      const figures = new Map<string, Figures>();
      for (const system of order) figures.set(system.name, await measure(work, system, ground, options));
      rounds.push(figures);
      if (round === 0) all.push({ work, rounds });
      onRound(all);
    }
  }
  return all;
};

/**
 * Selects the requested systems that support a work, and always the reference. In a quick run Parley does every work,
 * and each of the others one.
 */
const systemsOf = (work: Work, { systems, size, works }: Options): System[] => {
  const [reference, ...others] = work.systems.map(systemNamed);
  const isFirst = ({ name }: System) => works.find((other) => other.systems.includes(name)) === work;
  const wanted = others.filter((system) => systems.includes(system));
  return [reference!, ...wanted.filter((system) => !size.quick || system.name === 'parley' || isFirst(system))];
};

const measure = async (work: Work, system: System, ground: Ground, { size }: Options): Promise<Figures> => {
  const figures = await work.run(system, ground, size);
  const { cost, perSecond, p50, p99, generator = 0, others = 0 } = figures;
  const parts = [
    `${cost.toFixed(2)} ${work.figure}`,
    ...(perSecond === undefined ? [] : [`${Math.round(perSecond)}/s`]),
    ...(p50 === undefined || p99 === undefined ? [] : [`p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`]),
    ...(figures.commands === undefined ? [] : [`${figures.commands.toFixed(3)} Redis commands`]),
    ...(generator > GENERATOR_LIMIT
      ? [`the generator used ${percent(generator)} of a core: it may be the bottleneck`]
      : []),
    ...(others > OTHERS_LIMIT ? [`others used ${percent(others)} of a core`] : []),
  ];
  console.log(`  ${system.name.padEnd(16)} ${parts.join(' · ')}`);
  return figures;
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;
