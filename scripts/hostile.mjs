import './node-version.mjs';
import { randomInt } from 'node:crypto';
import process from 'node:process';
import { PROJECTS, runJestProject } from './jest-project.mjs';
import { provide } from './provide.mjs';
import { runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

/**
 * Runs every hostile input of docs/hostile.md, and the fuzzers, against real nodes: `npm run hostile`.
 * The fuzzers use a new seed each time, or `FUZZ_SEED`. Arguments go to Jest. The last line is `hostile: PASSED/TOTAL`.
 */
const hostile = async () => {
  const project = PROJECTS.find(({ name }) => name === 'hostile');
  await setup();
  const env = { FUZZ_SEED: String(randomInt(2 ** 31)), ...process.env, ...(await provide(new Set(project.needs))) };
  const { passed, failed, error } = await runJestProject(project, process.argv.slice(2), env);
  if (error !== undefined) console.error(`\n${error.message}`);
  console.log(`\nhostile: ${passed}/${passed + failed}`);
  if (error !== undefined || failed > 0) process.exitCode = 1;
};

await runMain(hostile);
