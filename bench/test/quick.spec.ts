import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Report } from '../src/report/report.js';

const ROOT = join(import.meta.dirname, '../..');
const TIMEOUT_MS = 600_000;

/** Checks that the benchmark works. Its figures mean nothing here, and are not checked. */
describe('the benchmark', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  let report: Report;

  const run = (...words: string[]) =>
    promisify(execFile)(process.execPath, ['scripts/bench.mjs', ...words], { cwd: ROOT });

  beforeAll(async () => {
    const file = join(folder, 'quick.json');
    await run('--quick', '--json', file);
    report = JSON.parse(readFileSync(file, 'utf8'));
  }, TIMEOUT_MS);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('does every work that it names', async () => {
    const { stdout } = await run('--help');
    const named = /^works: +(.+)$/m.exec(stdout)?.[1]?.split(' ');
    expect(report.works.map(({ name }) => name)).toEqual(named);
  });

  it('measures every system that it names', async () => {
    const { stdout } = await run('--help');
    const named = /^systems: +(.+)$/m.exec(stdout)?.[1]?.split(' ');
    const measured = new Set(report.works.flatMap(({ rows }) => rows.map(({ system }) => system)));
    expect([...measured].sort()).toEqual(named?.sort());
  });

  it('has a figure for each of them, and Parley in every work', () => {
    for (const { name, rows } of report.works) {
      expect(rows.map(({ system }) => system)).toContain('parley');
      for (const { system, figures } of rows)
        expect([name, system, typeof figures.cost]).toEqual([name, system, 'number']);
    }
  });

  it('refuses unknown arguments with one line', async () => {
    await expect(run('--only', 'nothing')).rejects.toMatchObject({ stderr: expect.stringMatching(/no work nothing/) });
  });
});
