import './node-version.mjs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { runMain } from './run-command.mjs';
import { setup } from './setup.mjs';
import { simulateSeeds } from './simulate-seeds.mjs';

const USAGE = `npm run simulate -- [--seeds N] [--from K | --fresh] [--seed K [--events]] [--mutant NAME] [--workers N]

Runs the service in virtual time, with faults that each seed decides, and judges what was promised.
  --seeds N     how many (1000)
  --from K      the first of them (1); --fresh: one that nobody ran before
  --seed K      this one alone, exactly as it was; --events: with its whole history
  --mutant NAME with something broken on purpose`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    fresh: { type: 'boolean', default: false },
    seed: { type: 'string' },
    events: { type: 'boolean', default: false },
    mutant: { type: 'string' },
    workers: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const say = (text) => process.stdout.write(`${text}\n`);

const showEvents = async (seed) => {
  await import('./typescript.mjs');
  const { runSeed } = await import('../test/simulation/run-seed.ts');
  const { MUTANTS } = await import('../test/simulation/mutants.ts');
  const { events } = await runSeed(
    seed,
    MUTANTS.find(({ name }) => name === values.mutant),
  );
  for (const event of events) say(JSON.stringify(event));
};

const sum = (outcomes, of) => outcomes.reduce((total, outcome) => total + of(outcome), 0);

const report = (outcomes) => {
  const faults = {};
  for (const outcome of outcomes)
    for (const [name, count] of Object.entries(outcome.faults)) faults[name] = (faults[name] ?? 0) + count;
  for (const [name, count] of Object.entries(faults).sort()) say(`${String(count).padStart(8)} ${name}`);
  const bad = outcomes.filter(({ violations, errors }) => violations.length > 0 || errors.length > 0);
  for (const { seed, violations, errors } of bad.sort((a, b) => a.seed - b.seed)) {
    say(`seed ${seed}:`);
    for (const { invariant, message } of violations) say(`  ${invariant} ${message}`);
    for (const error of errors) say(`  ${error}`);
  }
  const of = (name) => sum(outcomes, ({ counts }) => counts[name]);
  const perSeed = (sum(outcomes, ({ ms }) => ms) / outcomes.length).toFixed(0);
  say(`${outcomes.length} seeds, ${perSeed} ms each; ${bad.length} with violations`);
  say(
    `simulation: ${of('signals')} signals, ${of('faults')} faults, ${of('lost')} lost, ${of('duplicated')} duplicated, ` +
      `${of('reordered')} reordered, ${of('ghosts')} ghosts, ${of('unknown')} unknown`,
  );
  return bad.length === 0;
};

const main = async () => {
  if (values.help) return say(USAGE);
  await setup();
  if (values.seed !== undefined && values.events) return showEvents(Number(values.seed));
  const first = values.seed ?? (values.fresh ? Date.now() % 1e9 : values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const seeds = Array.from({ length: count }, (_, index) => Number(first) + index);
  say(`seeds ${seeds[0]} to ${seeds.at(-1)}`);
  const outcomes = await simulateSeeds(seeds, {
    mutant: values.mutant,
    ...(values.workers && { workers: Number(values.workers) }),
  });
  if (!report(outcomes)) process.exitCode = 1;
};

await runMain(main);
