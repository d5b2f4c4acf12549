import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { spawnTied } from '../../scripts/leash.mjs';
import { commandOf } from '../../src/database/process-identity.js';
import { until } from './until.js';

const LEASH = join(import.meta.dirname, '../../scripts/leash.mjs');
const ENDLESS = 'setInterval(() => {}, 1e6)';
/** A program with a child process that it does not end. */
const FAMILY = `
  const { pid } = require('node:child_process').spawn(process.execPath, ['-e', '${ENDLESS}'], { stdio: 'ignore' });
  console.log(JSON.stringify([process.pid, pid]));
  ${ENDLESS};
`;
const STARTER = `
  import { spawnTied } from ${JSON.stringify(LEASH)};
  spawnTied(process.execPath, ['-e', ${JSON.stringify(FAMILY)}], { output: 'inherit', group: process.argv[1] === 'group' });
  ${ENDLESS};
`;

/** An orphan that has ended may not be reaped yet: then it has no command any more. */
const isRunning = (pid: number): boolean => Boolean(commandOf(pid));

/** A process with a tied program that has a child. */
const start = async (kind: 'group' | 'alone'): Promise<{ starter: ChildProcess; parent: number; child: number }> => {
  const words = ['--input-type=module', '-e', STARTER, kind];
  const starter = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(starter.stdout, 'data');
  const [parent, child] = JSON.parse(line) as [number, number];
  return { starter, parent, child };
};

describe('a program that is tied to us', () => {
  const started: number[] = [];
  afterEach(() => {
    for (const pid of started.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  });

  it('ends when we get a SIGKILL', async () => {
    const { starter, parent, child } = await start('alone');
    started.push(starter.pid!, parent, child);
    starter.kill('SIGKILL');
    await until(() => !isRunning(parent));
    expect(isRunning(child)).toBe(true);
  });

  it('ends with its children if it has a process group', async () => {
    const { starter, parent, child } = await start('group');
    started.push(starter.pid!, parent, child);
    starter.kill('SIGKILL');
    await until(() => !isRunning(parent) && !isRunning(child));
  });

  it('leaves no process of its group behind when it ends before us', async () => {
    const { starter, parent, child } = await start('group');
    started.push(starter.pid!, parent, child);
    process.kill(parent, 'SIGKILL');
    await until(() => !isRunning(child));
    expect(isRunning(starter.pid!)).toBe(true);
  });

  it('is the process whose id we hold', async () => {
    const child = spawnTied(process.execPath, ['-e', 'process.exit(process.pid % 200)']);
    expect(await once(child, 'exit')).toEqual([child.pid! % 200, null]);
    const endless = spawnTied(process.execPath, ['-e', ENDLESS]);
    endless.kill('SIGSTOP');
    endless.kill('SIGKILL');
    expect(await once(endless, 'exit')).toEqual([null, 'SIGKILL']);
  });

  it('that does not exist ends at once', async () => {
    expect(await once(spawnTied('/nowhere/at all', []), 'exit')).toEqual([127, null]);
  });
});
