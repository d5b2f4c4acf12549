import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server process under test. */
export interface RunningNode {
  readonly url: string;
  readonly process: ChildProcess;
  /** Its output so far. */
  output(): string;
  /** Sends SIGINT; resolves when the process has ended. */
  stop(): Promise<number | null>;
  /** Sends SIGTERM, which drains it; resolves when the process has ended. */
  terminate(): Promise<number | null>;
  /** Kills it (SIGKILL). */
  kill(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');
const BOOT_TIMEOUT_MS = 60_000;

/**
 * Starts `node dist/main.js` on a free port with its own data directory, and waits until it is ready.
 * @param environment in addition to a minimum; nothing of the test's own environment is passed on
 * @param prefix of the command, for example to run it in a network namespace
 */
export const startNode = async (
  environment: Record<string, string> = {},
  prefix: readonly string[] = [],
): Promise<RunningNode> => {
  const dataDir = environment['DATA_DIR'] ?? mkdtempSync(join(tmpdir(), 'parley-test-'));
  const [program = process.execPath, ...words] = [...prefix, process.execPath, 'dist/main.js'];
  const child = spawn(program, words, {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'info',
      DATA_DIR: dataDir,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  void exited.then(() => {
    if (environment['DATA_DIR'] === undefined) rmSync(dataDir, { recursive: true, force: true });
  });
  const url = await new Promise<string>((resolve, reject) => {
    const give = (error: Error) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(error);
    };
    const timer = setTimeout(() => give(new Error(`not ready in time:\n${output}`)), BOOT_TIMEOUT_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const match = /Parley is ready:\s+(http:\/\/\S+)/.exec(output);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match[1] as string);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void exited.then((code) => give(new Error(`exited with ${code} before it was ready:\n${output}`)));
  });
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    url,
    process: child,
    output: () => output,
    stop: () => end('SIGINT'),
    terminate: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL');
    },
  };
};
