import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpuOf, residentOf, treeOf } from './process-tree.js';

/** A process that starts another one, which runs until its input ends. */
const GRANDCHILD =
  'const end = Date.now() + 200; while (Date.now() < end); console.log(process.pid); process.stdin.resume()';

describe('a process tree', () => {
  const child = spawn('/bin/sh', ['-c', '"$0" -e "$1"; :', process.execPath, GRANDCHILD], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let grandchild: number;

  beforeAll(async () => {
    const [words] = await once(child.stdout, 'data');
    grandchild = Number(words);
  });
  afterAll(async () => {
    child.stdin.end();
    await once(child, 'exit');
  });

  it('includes the processes that the root started', () => {
    expect(treeOf([child.pid!])).toEqual([child.pid, grandchild]);
  });

  it('sums the CPU time of all processes', () => {
    expect(cpuOf([child.pid!])).toBeGreaterThanOrEqual(50_000);
    expect(cpuOf([child.pid!])).toBeLessThan(60_000_000);
  });

  it('sums the memory of all processes', () => {
    expect(residentOf([child.pid!])).toBeGreaterThan(residentOf([grandchild]));
  });

  it('of a process that has ended is empty', () => {
    expect(cpuOf([2 ** 30])).toBe(0);
    expect(residentOf([2 ** 30])).toBe(0);
  });
});
