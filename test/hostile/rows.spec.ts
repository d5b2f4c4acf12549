import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The rows of docs/hostile.md, each with the files of this suite that it names. */
const rows = read('docs/hostile.md')
  .split('\n')
  .flatMap((line) => {
    const [, row = '', , where = ''] = line.split('|').map((cell) => cell.trim());
    return /^[A-Z]{1,2}\d\d$/.test(row) ? [{ row, where, files: where.match(/test\/[\w./-]+\.ts/g) ?? [] }] : [];
  });

it.each(rows)('row $row has a test in each file that the list names, or a reason', ({ row, where, files }) => {
  for (const path of files) {
    expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
    if (path.startsWith('test/hostile/') && path !== 'test/hostile/stage.ts')
      expect(read(path)).toMatch(new RegExp(`['\` ]${row} `));
  }
  if (files.length === 0) expect(where).toMatch(/^no test: .{20}/);
});

it('no test names a row that the list does not have', () => {
  const listed = new Set(rows.map(({ row }) => row));
  const tested = readdirSync(join(ROOT, 'test/hostile'))
    .filter((name) => name.endsWith('.spec.ts'))
    .flatMap((name) => read(`test/hostile/${name}`).match(/(?<=['`([] ?)[HJWSARPT]\d\d(?= )/g) ?? []);
  expect(tested.filter((row) => !listed.has(row))).toEqual([]);
  expect(tested.length).toBeGreaterThan(100);
});
