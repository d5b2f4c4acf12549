import './node-version.mjs';
import { randomInt } from 'node:crypto';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { endWithParent } from './parent.mjs';
import { provide } from './provide.mjs';
import { CommandFailed, runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

const USAGE = `npm run faults -- [--seeds N | --minutes M] [--seconds S] [--seed K] [--topology NAME] [--workers N]

Runs real nodes, a real Redis and PostgreSQL and real clients with faults that each seed decides, and judges what was
promised. Exits with 1 if a promise was broken; the last line is the summary.
  --seeds N        how many seeds (1)
  --minutes M      draws seeds until M minutes are over, and finishes those that have begun
  --seconds S      how long faults are injected for each seed (30; with --minutes 45)
  --seed K         the first seed; without it they are fresh
  --topology NAME  standalone, sentinel or cluster; without it all three in turn
  --workers N      seeds at a time (1); a run mostly waits`;

const numberOf = (name, text) => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new CommandFailed(`--${name} must be a whole number from 1`);
  return number;
};

/** Consecutive seeds. By default the topology follows from the seed, so that three in a row have all three. */
function* runsFrom(first, count, topology) {
  for (let i = 0; i < count; i += 1) yield { seed: first + i, topology };
}

const faults = async () => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      topology: { type: 'string' },
      workers: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void console.log(USAGE);
  if (values.seeds !== undefined && values.minutes !== undefined)
    throw new CommandFailed('--seeds and --minutes exclude each other');
  const minutes = values.minutes === undefined ? undefined : numberOf('minutes', values.minutes);
  const count = minutes === undefined ? numberOf('seeds', values.seeds ?? '1') : 1_000_000;
  const seconds = numberOf('seconds', values.seconds ?? (minutes === undefined ? '30' : '45'));
  const workers = numberOf('workers', values.workers);
  const first = values.seed === undefined ? randomInt(1, 2 ** 31 - count) : numberOf('seed', values.seed);
  await setup();
  Object.assign(process.env, await provide(new Set(['redis'])));
  endWithParent();
  // Imported after the set-up, because it needs packages.
  await import('./typescript.mjs');
  const { Fleet } = await import('../test/faults/fleet.ts');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => void Fleet.stopAll().then(() => process.exit(130)));
  }
  const { TOPOLOGIES } = await import('../test/faults/nemesis.ts');
  if (values.topology !== undefined && !Object.hasOwn(TOPOLOGIES, values.topology))
    throw new CommandFailed(`--topology must be one of ${Object.keys(TOPOLOGIES).join(', ')}`);
  const { runSeeds } = await import('../test/faults/run.ts');
  const end = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  const sound = await runSeeds(runsFrom(first, count, values.topology), {
    seconds,
    workers,
    more: () => performance.now() < end,
  });
  await Fleet.stopAll();
  process.exit(sound ? 0 : 1);
};

await runMain(faults);
