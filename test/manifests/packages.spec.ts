import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const MODULES = join(ROOT, 'node_modules');
const TSC = join(MODULES, 'typescript/bin/tsc');
/** What packing changes or never sees. */
const NOT_IN_A_CLONE = new Set(['dist', 'node_modules']);

const run = async (command: string, args: string[], cwd: string): Promise<string> => {
  const output = await promisify(execFile)(command, args, { cwd }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`${command} ${args.join(' ')}:\n${error.stdout}\n${error.stderr}`);
    },
  );
  return output.stdout;
};

/** A project that uses what it installed. `DOM` marks what only exists with TypeScript's DOM library. */
const SOURCE = `
import { ParleyClient, ParleyError, type Peer, type PeerConnectionState, type Room } from '@parley/client';
import { ERRORS } from '@parley/protocol';

declare const token: () => Promise<string>;
const client = new ParleyClient({ url: 'https://parley.example', token });
const room: Room = await client.join('daily', { meta: { muted: true } });
room.on('peer', (peer: Peer) => {
  const state: PeerConnectionState = peer.state;
  peer.on('track', ({ track, stream }) => [track.kind, stream.id, state]);
});
export const status: number = ERRORS.room_full.status;
export const isFull = (error: unknown): boolean => error instanceof ParleyError && error.code === 'room_full';
// @ts-expect-error the types are those of the package, not any
room.sendChat(1);
`;
const DOM = `
export const show = async (video: HTMLVideoElement, peer: Peer): Promise<void> => {
  peer.on('track', ({ stream }) => { video.srcObject = stream; });
  const camera = await navigator.mediaDevices.getUserMedia({ video: true });
  for (const track of camera.getTracks()) room.publish(track, camera);
  const state: RTCPeerConnectionState = peer.state;
  const sctp: RTCSctpTransport | null = peer.connection.sctp;
  console.log(state, sctp, await room.shareScreen({ video: { frameRate: 15 }, audio: true }));
};
`;

describe('the packages, packed as the README says in a fresh clone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-packages-'));
  const clone = join(folder, 'clone');
  const project = join(folder, 'project');

  beforeAll(async () => {
    for (const name of ['protocol', 'client']) {
      const filter = (path: string) => !NOT_IN_A_CLONE.has(basename(path));
      cpSync(join(ROOT, name), join(clone, name), { recursive: true, filter });
    }
    const workspaces = ['protocol', 'client'];
    writeFileSync(join(clone, 'package.json'), JSON.stringify({ private: true, workspaces }));
    // What npm install puts into a clone, as far as the two packages need it.
    for (const name of ['@parley', '.bin']) mkdirSync(join(clone, 'node_modules', name), { recursive: true });
    symlinkSync(join(MODULES, 'typescript'), join(clone, 'node_modules/typescript'));
    symlinkSync('../typescript/bin/tsc', join(clone, 'node_modules/.bin/tsc'));
    for (const name of workspaces) symlinkSync(`../../${name}`, join(clone, 'node_modules/@parley', name));
    await run('npm', ['pack', '--workspace', 'protocol', '--workspace', 'client'], clone);

    const packed = readdirSync(clone).filter((name) => name.endsWith('.tgz'));
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }));
    const files = packed.map((name) => join(clone, name));
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...files], project);
    mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
    symlinkSync(join(MODULES, '@types/node'), join(project, 'node_modules/@types/node'));
    symlinkSync(join(MODULES, 'undici-types'), join(project, 'node_modules/undici-types'));
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('can be imported', async () => {
    const program = "import { ParleyClient } from '@parley/client'; console.log(typeof ParleyClient)";
    expect(await run(process.execPath, ['--input-type=module', '--eval', program], project)).toBe('function\n');
  }, 60_000);

  it.each([
    ['a browser project', ['ES2022', 'DOM', 'DOM.Iterable'], []],
    ['a project without the DOM library', ['ES2022'], []],
    ['a Node project', ['ES2022'], ['node']],
    ['a project with both', ['ES2022', 'DOM'], ['node']],
  ])(
    'have types that compile in %s, also with skipLibCheck: false',
    async (_, lib, types) => {
      const options = {
        module: 'nodenext',
        target: 'ES2022',
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
      };
      const compilerOptions = { ...options, lib, types, skipLibCheck: false };
      writeFileSync(join(project, 'main.ts'), lib.includes('DOM') ? SOURCE + DOM : SOURCE);
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
      await run(process.execPath, [TSC, '-p', '.'], project);
    },
    120_000,
  );
});
