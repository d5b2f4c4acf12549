import './node-version.mjs';
import process from 'node:process';
import { check } from './check.mjs';
import { PROJECTS, runJestProject } from './jest-project.mjs';
import { provide } from './provide.mjs';
import { CommandFailed, runMain } from './run-command.mjs';
import { setup } from './setup.mjs';
import { supply } from './supply.mjs';

/**
 * `npm test`: sets up what is missing, then runs every check and every test, up to the first failure.
 * With arguments, only these: `check` or names of projects. Arguments that start with - or contain a / go to Jest.
 */
const isForJest = (argument) => argument.startsWith('-') || argument.includes('/');

const test = async (names, forJest) => {
  const unknown = names.filter((name) => name !== 'check' && !PROJECTS.some((project) => project.name === name));
  if (unknown.length > 0) {
    const known = ['check', ...PROJECTS.map(({ name }) => name)].join(', ');
    throw new CommandFailed(`There are no tests named ${unknown.join(', ')}; there are: ${known}`);
  }
  const wanted = (name) => names.length === 0 || names.includes(name);
  const projects = PROJECTS.filter(({ name }) => wanted(name));
  await setup();
  if (wanted('check')) await check();
  if (projects.length === 0) return;
  const env = { ...process.env, ...(await provide(new Set(projects.flatMap(({ needs }) => needs)))) };
  const sum = { passed: 0, failed: 0 };
  const again = [];
  let error;
  for (const project of projects) {
    console.log(`\n━━ ${project.name} tests`);
    const result = await runJestProject(project, forJest, env);
    sum.passed += result.passed;
    sum.failed += result.failed;
    again.push(...result.again);
    error = result.error;
    if (error !== undefined) break;
  }
  if (error !== undefined) console.error(`\n${error.message}`);
  else if (names.length === 0 && forJest.length === 0) {
    console.log('\n━━ packages');
    supply();
  }
  for (const path of again) console.log(`\nfailed at first, to be investigated: ${path}`);
  console.log(`\ntests: ${sum.passed} passed, ${sum.failed} failed`);
  if (error !== undefined) process.exitCode = 1;
};

const given = process.argv.slice(2);
await runMain(() =>
  test(
    given.filter((argument) => !isForJest(argument)),
    given.filter(isForJest),
  ),
);
