import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { commandOf } from '../../src/database/process-identity.js';
import { until } from '../support/until.js';

const ROOT = join(import.meta.dirname, '../..');
/** A program that starts Redis like a benchmark, and may be killed before it stops it. */
const PROGRAM = `
  await import('./scripts/typescript.mjs');
  const { RedisProcess } = await import('./test/support/redis-process.ts');
  console.log((await RedisProcess.start()).pid);
  setInterval(() => {}, 1e6);
`;

describe('a Redis of a test or a benchmark', () => {
  const started: number[] = [];
  afterEach(() => {
    for (const pid of started.splice(0)) if (commandOf(pid)) process.kill(pid, 'SIGKILL');
  });

  it.each(['runs', 'is stopped'])('ends when its starter is killed, while it %s', async (state) => {
    const starter = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(starter.pid!);
    const redis = Number((await once(starter.stdout, 'data'))[0]);
    started.push(redis);
    if (state === 'is stopped') process.kill(redis, 'SIGSTOP');
    expect(commandOf(redis)).toContain('redis');
    starter.kill('SIGKILL');
    await until(() => !commandOf(redis));
  });
});
