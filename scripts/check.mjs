import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runTool } from './run-command.mjs';

const DEMO = 'client-demo/tsconfig.json';

/** The static checks, the quickest first. */
const CHECKS = [
  ['format and lint', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings']],
  ['types', 'typescript/bin/tsc', ['-p', 'tsconfig.check.json']],
  ...(existsSync(join(ROOT, DEMO)) ? [['types of the demo', 'typescript/bin/tsc', ['--noEmit', '-p', DEMO]]] : []),
  [
    'architecture',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    [
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'err-long',
      'src',
      'protocol/src',
      'client/src',
      'client-demo/src',
      'test',
      'bench/src',
      'bench/test',
    ],
  ],
];

/** Checks format, lint, types and import rules. Stops at the first failure. */
export const check = async () => {
  for (const [title, path, args] of CHECKS) {
    console.log(`\n━━ ${title}`);
    await runTool(title, path, args);
  }
};
