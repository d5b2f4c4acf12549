import './node-version.mjs';
import process from 'node:process';
import { PROJECTS, runJestProject } from './jest-project.mjs';
import { provide } from './provide.mjs';
import { runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

/**
 * Every hostile input that docs/hostile.md names, and the fuzzers, against real nodes: `npm run hostile`.
 * What follows goes to Jest. The last line is `hostile: PASSED/TOTAL`.
 */
const hostile = async () => {
  const project = PROJECTS.find(({ name }) => name === 'hostile');
  await setup();
  const env = { ...process.env, ...(await provide(new Set(project.needs))) };
  const { passed, failed, error } = await runJestProject(project, process.argv.slice(2), env);
  if (error !== undefined) console.error(`\n${error.message}`);
  console.log(`\nhostile: ${passed}/${passed + failed}`);
  if (error !== undefined || failed > 0) process.exitCode = 1;
};

await runMain(hostile);
