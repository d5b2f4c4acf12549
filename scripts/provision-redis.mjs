import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import process from 'node:process';
import { CommandFailed, ROOT } from './run-command.mjs';

const NAMES = ['redis-server', 'valkey-server'];
const CACHE = join(ROOT, '.cache', 'redis');
const INSTALL =
  'install Redis 7 or later (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis), or name one in PARLEY_REDIS_SERVER';
/** The first version with sharded pub/sub. */
const LEAST_MAJOR = 7;
/** Libraries of Redis that a minimal system may lack. */
const PACKAGES = /^(redis-server|redis-tools|libjemalloc\d|liblua5|lua-|liblzf|libatomic\d|libhiredis|libssl\d)/;

/** @param {string} path */
const serves = (path) => {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 && Number(/\bv=(\d+)\./.exec(stdout)?.[1] ?? 0) >= LEAST_MAJOR;
};

const onPath = () => {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path) && serves(path));
};

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} [cwd]
 */
const run = (program, args, cwd) => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 180_000 });
  if (status !== 0) throw new CommandFailed(`${program} failed: ${error?.message ?? stderr.trim().split('\n').pop()}`);
  return stdout;
};

/**
 * Extracts the package of Debian or Ubuntu into a folder: neither root nor the system's package lists are needed,
 * and nothing is installed.
 * @param {string} folder an empty one
 */
const extractPackages = (folder) => {
  for (const name of ['lists/partial', 'archives/partial', 'cache', 'root'])
    mkdirSync(join(folder, name), { recursive: true });
  const options = [
    `Dir::State::Lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    `Dir::Cache::Archives=${join(folder, 'archives')}`,
    'Debug::NoLocking=1',
    // As root, apt would switch to a user without write access here.
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  run('apt-get', [...options, '-qq', 'update']);
  const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (kind) => `--no-${kind}`,
  );
  const tree = run('apt-cache', [...options, 'depends', '--recurse', ...without, 'redis-server']);
  const names = new Set(tree.split('\n').filter((name) => PACKAGES.test(name)));
  const downloads = join(folder, 'archives');
  run('apt-get', [...options, '-qq', 'download', ...names], downloads);
  for (const file of readdirSync(downloads).filter((name) => name.endsWith('.deb'))) {
    run('dpkg', ['-x', join(downloads, file), join(folder, 'root')]);
  }
};

/**
 * Makes a program that finds its libraries: redis-server may be a link, whose target decides by its name
 * what it does.
 * @param {string} folder
 */
const writeLauncher = (folder) => {
  const bin = join(folder, 'root', 'usr', 'bin');
  const packed = join(bin, 'redis-server');
  const source = lstatSync(packed).isSymbolicLink() ? join(bin, basename(readlinkSync(packed))) : packed;
  mkdirSync(join(folder, 'bin'), { recursive: true });
  copyFileSync(source, join(folder, 'bin', 'redis-server'));
  chmodSync(join(folder, 'bin', 'redis-server'), 0o755);
  writeFileSync(
    join(folder, 'redis-server'),
    `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
for folder in "$here"/root/usr/lib/*/ "$here"/root/usr/lib/ "$here"/root/lib/*/; do
  [ -d "$folder" ] && LD_LIBRARY_PATH="$folder\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
export LD_LIBRARY_PATH
exec "$here/bin/redis-server" "$@"
`,
    { mode: 0o755 },
  );
};

/**
 * Extracts into a temporary folder and renames it: two test runs may do so at once, and an interrupted one leaves
 * nothing incomplete.
 */
const fetchIntoCache = () => {
  const aside = `${CACHE}.${process.pid}`;
  try {
    rmSync(aside, { recursive: true, force: true });
    extractPackages(aside);
    writeLauncher(aside);
    for (const name of ['lists', 'cache', 'archives']) rmSync(join(aside, name), { recursive: true });
    rmSync(CACHE, { recursive: true, force: true });
    renameSync(aside, CACHE);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
};

const cached = () => {
  const path = join(CACHE, 'redis-server');
  return existsSync(path) && serves(path) ? path : undefined;
};

/**
 * A Redis server for the tests: PARLEY_REDIS_SERVER, redis-server or valkey-server on the PATH, the one in `.cache`, or
 * the distribution's package extracted into `.cache`.
 * @returns {Promise<string>} its path
 * @throws {CommandFailed} with one line that says what to install
 */
export const findRedisServer = async () => {
  const named = process.env.PARLEY_REDIS_SERVER;
  if (named) {
    if (serves(named)) return named;
    throw new CommandFailed(`PARLEY_REDIS_SERVER=${named} is not Redis 7 or later that runs: ${INSTALL}`);
  }
  const present = onPath() ?? cached();
  if (present !== undefined) return present;
  let cause;
  try {
    fetchIntoCache();
  } catch (error) {
    cause = error;
  }
  const fetched = cached();
  if (fetched !== undefined) return fetched;
  throw new CommandFailed(`The tests need a Redis server: ${INSTALL}`, { cause });
};
