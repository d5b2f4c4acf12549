import './node-version.mjs';
import { randomInt } from 'node:crypto';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { endWithParent } from './parent.mjs';
import { provide } from './provide.mjs';
import { CommandFailed, runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

/**
 * Real nodes, a real Redis and PostgreSQL, real clients, and faults by a seed:
 * `npm run faults -- [--seeds N] [--seconds S] [--seed K]`. Without `--seed` the seeds are fresh ones.
 */
const numberOf = (name, text) => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new CommandFailed(`--${name} must be a whole number from 1`);
  return number;
};

const faults = async () => {
  const { values } = parseArgs({
    options: { seeds: { type: 'string' }, seconds: { type: 'string' }, seed: { type: 'string' } },
  });
  const count = numberOf('seeds', values.seeds ?? '1');
  const seconds = numberOf('seconds', values.seconds ?? '30');
  const first = values.seed === undefined ? randomInt(1, 2 ** 31 - count) : numberOf('seed', values.seed);
  await setup();
  Object.assign(process.env, await provide(new Set(['redis'])));
  endWithParent();
  // After the set-up: it needs packages.
  await import('./typescript.mjs');
  const { Fleet } = await import('../test/faults/fleet.ts');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => void Fleet.stopAll().then(() => process.exit(130)));
  }
  const { runSeeds } = await import('../test/faults/run.ts');
  const sound = await runSeeds(
    Array.from({ length: count }, (_, i) => first + i),
    seconds,
  );
  process.exit(sound ? 0 : 1);
};

await runMain(faults);
