import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { ROOT, runTool } from './run-command.mjs';

const tsc = (folder) => runTool(`building ${folder}`, 'typescript/bin/tsc', ['-p', `${folder}/tsconfig.json`]);

/**
 * The build steps, in order. `inputs` are files and folders, `output` is a file that exists after the step,
 * and a change of a step in `after` makes this one stale too.
 */
const STEPS = [
  {
    name: 'protocol',
    after: [],
    inputs: ['protocol/src', 'protocol/tsconfig.json', 'protocol/package.json'],
    output: 'protocol/dist/index.js',
    build: () => tsc('protocol'),
  },
  {
    name: 'client',
    after: ['protocol'],
    inputs: ['client/src', 'client/tsconfig.json', 'client/package.json'],
    output: 'client/dist/index.js',
    build: () => tsc('client'),
  },
  {
    name: 'server',
    after: ['protocol'],
    inputs: ['src', 'tsconfig.json', 'nest-cli.json'],
    output: 'dist/main.js',
    build: () => runTool('building server', '@nestjs/cli/bin/nest.js', ['build']),
  },
  {
    name: 'demo',
    after: ['client'],
    inputs: ['client-demo'],
    output: 'client-demo/dist/index.html',
    build: () =>
      runTool('building demo', 'vite/bin/vite.js', ['build', '--logLevel', 'warn'], { cwd: join(ROOT, 'client-demo') }),
  },
];

const STAMPS = join(ROOT, '.cache', 'build');
const NOT_AN_INPUT = new Set(['node_modules', 'dist']);

const filesOf = (path) => {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full)
    .filter((name) => !NOT_AN_INPUT.has(name) && !name.endsWith('.spec.ts'))
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`));
};

const fingerprint = (step, earlier) => {
  const hash = createHash('sha256');
  for (const name of step.after) hash.update(earlier.get(name) ?? '');
  for (const path of ['package-lock.json', ...step.inputs.flatMap(filesOf)]) {
    hash.update(`\n${path}\n`).update(readFileSync(join(ROOT, path)));
  }
  return hash.digest('hex');
};

const stampOf = (step, inputs) => {
  const output = join(ROOT, step.output);
  // Includes the time of the output, so that a build by other means is not mistaken for this one.
  return existsSync(output) ? `${inputs} ${statSync(output).mtimeMs}` : undefined;
};

/**
 * Builds protocol, SDK, server and demo; skips steps with unchanged inputs.
 * @param {{all?: boolean}} [options] `all`: build everything again
 */
export const build = async ({ all = false } = {}) => {
  mkdirSync(STAMPS, { recursive: true });
  const fingerprints = new Map();
  for (const step of STEPS) {
    const inputs = fingerprint(step, fingerprints);
    fingerprints.set(step.name, inputs);
    const stamp = join(STAMPS, step.name);
    const before = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
    if (!all && before === stampOf(step, inputs)) continue;
    const start = performance.now();
    process.stdout.write(`building ${step.name} … `);
    await step.build();
    console.log(`${((performance.now() - start) / 1000).toFixed(1)} s`);
    writeFileSync(stamp, stampOf(step, inputs) ?? '');
  }
};
