import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The server that the conformance suite tests: `PARLEY_URL` (http or https origin), or one that it starts for itself
 * with `node dist/main.js` and this environment. It needs REST accounts and rooms, and nothing else of the server's.
 */
export const startTarget = async (
  environment: Record<string, string> = {},
): Promise<{ origin: string; stop: () => Promise<void> }> => {
  const given = process.env['PARLEY_URL'];
  if (given !== undefined) return { origin: given.replace(/\/$/, ''), stop: async () => {} };
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: join(import.meta.dirname, '../..'),
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: mkdtempSync(join(tmpdir(), 'parley-conformance-')),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { origin: await readyUrl(child), stop: () => stop(child) };
};

const readyUrl = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const match = /Parley is ready:\s+(http:\/\/\S+)/.exec(output);
      if (match !== null) resolve(match[1] as string);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`the server exited with ${code}:\n${output}`)));
  });

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGINT');
  });
