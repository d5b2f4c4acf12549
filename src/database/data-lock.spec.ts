import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataDirectoryBusy, DataLock } from './data-lock.js';
import { startOf } from './process-identity.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const left = (holder: object | string): void =>
  writeFileSync(join(folder, 'parley.lock'), typeof holder === 'string' ? holder : JSON.stringify(holder));
const taken = async (): Promise<boolean> => {
  try {
    (await DataLock.take(folder)).release();
    return true;
  } catch (error) {
    if (error instanceof DataDirectoryBusy) return false;
    throw error;
  }
};
const here = { host: hostname(), nonce: 'n' };

it('is held by one process, and free after release', async () => {
  const lock = await DataLock.take(folder);
  expect(await taken()).toBe(false);
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
  expect(await taken()).toBe(true);
});

it('is taken over from a process that ended, or whose id was reused', async () => {
  left({ ...here, pid: 2 ** 22 + 1, start: 'x' });
  expect(await taken()).toBe(true);
  left({ ...here, pid: process.pid, start: 'an earlier life' });
  expect(await taken()).toBe(true);
  left({ ...here, pid: process.pid, start: startOf(process.pid) });
  expect(await taken()).toBe(false);
});

it('of another machine is valid while it is touched', async () => {
  left({ pid: 1, start: 'x', host: 'elsewhere', nonce: 'n' });
  expect(await taken()).toBe(false);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(join(folder, 'parley.lock'), longAgo, longAgo);
  expect(await taken()).toBe(true);
});

it('with malformed content is taken over', async () => {
  left('{');
  expect(await taken()).toBe(true);
});

it('is taken by exactly one of twenty processes that find a stale one', async () => {
  left({ ...here, pid: 2 ** 22 + 1, start: 'x' });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => DataLock.take(folder)));
  const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  expect(won).toHaveLength(1);
  won[0]?.release();
});
