import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { neverUnhandled } from './connections.js';

/** Runs a process whose cluster node refuses an ASKING that nobody awaits. Within Jest, Node would not exit. */
const run = (prepare: string) =>
  promisify(execFile)(process.execPath, [
    '--import',
    new URL('../../scripts/typescript.mjs', import.meta.url).href,
    '--input-type=module',
    '--eval',
    `import { neverUnhandled } from '${pathToFileURL(`${import.meta.dirname}/connections.ts`).href}';
    const node = { asking: () => Promise.reject(new Error('Connection is closed.')) };
    ${prepare}
    void node.asking();
    setImmediate(() => console.log('alive'));`,
  ]);

it('survives an ASKING that fails while nobody awaits it', async () => {
  expect((await run('neverUnhandled(node);')).stdout).toBe('alive\n');
  await expect(run('')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('Connection is closed.') });
});

it('rejects an ASKING that fails for the caller that awaits it', async () => {
  const node = { asking: (): Promise<'OK'> => Promise.reject(new Error('Connection is closed.')) };
  neverUnhandled(node);
  await expect(node.asking()).rejects.toThrow('Connection is closed.');
});
