import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const CONFIG = '.dependency-cruiser.mjs';
const CRUISED = ['src', 'protocol/src', 'client/src', 'client-demo/src', 'test', 'bench/src'];

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

const cruise = (folder: string): string[] => {
  const bin = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [bin, '--config', CONFIG, '--output-type', 'json', ...CRUISED],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (stderr !== '') throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[]; totalCruised: number } };
  if (summary.totalCruised === 0) throw new Error('dependency-cruiser read no file');
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
};

/** Files that break one rule each; the report of the rule must name the file. */
const SEEDED: Readonly<Record<string, readonly [path: string, imports: string]>> = {
  'no-cycles': ['src/rooms/one.ts', './two.js'],
  resolvable: ['src/rooms/lost.ts', './nowhere.js'],
  'declared-packages': ['src/rooms/undeclared.ts', 'undeclared'],
  'no-development-packages-at-run-time': ['src/rooms/tool.ts', 'typescript'],
  'protocol-imports-nothing': ['protocol/src/reach.ts', 'node:fs'],
  'client-imports-protocol-alone': ['client/src/reach.ts', 'ws'],
  'demo-imports-client-alone': ['client-demo/src/reach.ts', '../../client/src/private.js'],
  'signaling-core-knows-no-framework': ['src/signaling/messages/handlers/offer.ts', '@nestjs/common'],
  'bus-and-presence-know-no-feature': ['src/presence/nosy.ts', '../rooms/store.js'],
  'bridges-know-ports-alone': ['src/bridges/one/bridge.ts', '../two/bridge.js'],
  'bridges-meet-signaling-in-their-module': ['src/bridges/bridge-session.ts', '../signaling/sessions.js'],
  'the-core-knows-no-bridge': ['src/signaling/bridges.ts', '../bridges/two/bridge.js'],
  'websocket-knows-no-feature': ['src/websocket/drain.ts', '../signaling/sessions.js'],
  'clock-and-ids-know-nothing': ['src/ids/room-id.ts', '../rooms/store.js'],
  'codec-knows-no-session': ['src/signaling/codec/frame.ts', '../sessions.js'],
  'adapters-know-their-port-alone': ['src/presence/redis/presence.redis.ts', '../memory/rooms.js'],
  'only-modules-name-adapters': ['src/ops/health.ts', '../bus/bus.memory.js'],
  'only-redis-makes-redis-clients': ['src/bus/bus.redis.ts', 'ioredis'],
  'only-database-knows-the-driver': ['src/rooms/room.store.ts', 'pg'],
  'only-stores-write-queries': ['src/rooms/room.service.ts', 'drizzle-orm'],
  'rest-never-calls-signaling': ['src/rooms/close.ts', '../signaling/sessions.js'],
  'config-knows-nothing': ['src/config/defaults.ts', '../rooms/store.js'],
  'product-never-imports-tests': ['src/rooms/fixture.ts', '../../test/support/nodes.js'],
  'conformance-imports-nothing-of-ours': ['test/protocol/suite.ts', '../support/nodes.js'],
  'product-never-imports-the-benchmark': ['test/support/measured.ts', '../../bench/src/meter.js'],
  'no-drawers': ['src/rooms/drawer.ts', '../utils/strings.js'],
};

const INNOCENT = [
  'src/rooms/store.ts',
  'src/bridges/two/bridge.ts',
  'src/presence/memory/rooms.ts',
  'src/signaling/sessions.ts',
  'src/bus/bus.memory.ts',
  'src/utils/strings.ts',
  'client/src/private.ts',
  'test/support/nodes.ts',
  'bench/src/meter.ts',
];

describe('architecture', () => {
  let folder = '';
  let found: string[] = [];

  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-architecture-'));
    for (const name of [CONFIG, 'tsconfig.json', 'tsconfig.check.json'])
      copyFileSync(join(ROOT, name), join(folder, name));
    const declared = ['@nestjs/common', 'ws', 'ioredis', 'pg', 'drizzle-orm'];
    put(
      'package.json',
      JSON.stringify({
        type: 'module',
        dependencies: Object.fromEntries(declared.map((name) => [name, '1.0.0'])),
        devDependencies: { typescript: '1.0.0' },
      }),
    );
    for (const name of [...declared, 'typescript', 'undeclared']) {
      put(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
      put(`node_modules/${name}/index.js`, 'export const answer = 42;');
    }
    for (const path of INNOCENT) put(path, 'export const answer = 42;');
    for (const [path, target] of Object.values(SEEDED)) {
      put(path, `import * as it from '${target}';\nexport const use = it;`);
    }
    put('src/rooms/two.ts', "import * as it from './one.js';\nexport const use = it;");
    found = cruise(folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has no violation in the code', () => {
    expect(cruise(ROOT)).toEqual([]);
  });

  it.each(Object.entries(SEEDED))('%s is broken by %j', (rule, [path]) => {
    expect(found.filter((line) => line.startsWith(`${rule}: ${path} → `))).not.toEqual([]);
  });

  it('has a failing example for each rule', async () => {
    const { default: config } = (await import(join(ROOT, CONFIG))) as {
      default: { forbidden: readonly { name: string }[] };
    };
    expect(config.forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(SEEDED).sort());
  });

  it('lets a bridge import itself, the frame and a port', () => {
    put('src/bridges/words.ts', 'export const answer = 42;');
    put('src/bridges/one/words.ts', "import * as it from '../words.js';\nexport const use = it;");
    put(
      'src/bridges/one/more.ts',
      "import * as own from './words.js';\nimport * as bus from '../../bus/bus.js';\nexport const use = [own, bus];",
    );
    put('src/bus/bus.ts', 'export const answer = 42;');
    const lines = cruise(folder).filter((line) => /src\/compat\/one\/(words|more)\.ts/.test(line));
    expect(lines).toEqual([]);
  });

  it('lets a file import a type of ioredis', () => {
    put('src/bus/typed.ts', "import type { Redis } from 'ioredis';\nexport type Connection = Redis;");
    const lines = cruise(folder).filter((line) => line.includes('src/bus/typed.ts'));
    expect(lines).toEqual([]);
  });

  const coreFilesWith = (text: string): string[] =>
    readdirSync(join(ROOT, 'src/signaling'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .filter((path) => readFileSync(join(ROOT, 'src/signaling', path), 'utf8').includes(text))
      .sort();

  it('attaches peers in the two places whose steps the admission guard runs', () => {
    expect(coreFilesWith('presence.attach(')).toEqual(['rooms/room-join.ts', 'rooms/roster-sync.ts']);
  });

  it('has one listener for cluster events in the core', () => {
    expect(coreFilesWith('.onEvent(')).toEqual(['moderation/moderation-event-handler.ts']);
  });

  it('has no folder for helpers without an owner', () => {
    const folders = ['src', 'protocol/src', 'client/src', 'client-demo/src', 'test', 'scripts']
      .flatMap((top) => readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isDirectory() && /^(common|shared|utils?|helpers?)$/.test(entry.name));
    expect(folders.map(({ name }) => name)).toEqual([]);
  });
});
