import './node-version.mjs';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { startOnLeash } from './leash.mjs';
import { endWithParent } from './parent.mjs';
import { CommandFailed, ROOT, runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

const PORTS = [3000, 3001];
const READY_MS = 60_000;

/** What has to be stopped: the nodes together, then what they stand on, last started first. */
const nodes = [];
const below = [];

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const startRedis = async () => {
  const { findRedisServer } = await import('./provision-redis.mjs');
  const port = await freePort();
  const redis = startOnLeash('TERM', await findRedisServer(), [
    ...['--bind', '127.0.0.1', '--port', String(port)],
    ...['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'],
  ]);
  redis.output.resume();
  below.push(redis);
  return `redis://127.0.0.1:${port}`;
};

const startPostgres = async () => {
  const { startEmbeddedPostgres } = await import('../dist/database/embedded-postgres.js');
  const { connection, stop } = await startEmbeddedPostgres(join(ROOT, 'data', 'cluster'));
  below.push({ stop });
  const { host, port, user, database } = connection;
  return `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
};

const startNode = (port, number, shared) => {
  const name = `node-${number}`;
  const node = startOnLeash('INT', process.execPath, [join(ROOT, 'dist', 'main.js')], {
    ...process.env,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    ...shared,
    NODE_ID: name,
    PORT: String(port),
  });
  createInterface({ input: node.output }).on('line', (line) => console.log(`${name} │ ${line}`));
  nodes.push(node);
};

const ready = async (port) => {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await wait(100);
  }
  throw new CommandFailed(`The node on port ${port} was not ready within ${READY_MS / 1000} s`);
};

let stopping;
const stopAll = () => {
  stopping ??= (async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    for (const server of below.reverse()) await server.stop();
  })();
  return stopping;
};

/** The third command: two nodes joined by a Redis and a PostgreSQL of their own, on this machine, until Ctrl-C. */
const cluster = async () => {
  endWithParent();
  await setup();
  const shared = {
    DATABASE_URL: process.env.DATABASE_URL ?? (await startPostgres()),
    REDIS_URL: process.env.REDIS_URL ?? (await startRedis()),
    JWT_SECRET: process.env.JWT_SECRET ?? randomBytes(36).toString('base64url'),
  };
  for (const [index, port] of PORTS.entries()) startNode(port, index + 1, shared);
  const fell = Promise.race(nodes.map(({ ended }) => ended)).then(() => {
    if (stopping === undefined) throw new CommandFailed('A node ended; its reason is above');
  });
  await Promise.race([Promise.all(PORTS.map(ready)), fell]);
  console.log(`\n  Two nodes are ready:  ${PORTS.map((port) => `http://localhost:${port}`).join('  ')}`);
  console.log('  Open a room on one, and its link on the other. Ctrl-C stops everything.\n');
  await fell;
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => void stopAll().then(() => process.exit(0)));
}
await runMain(() =>
  cluster().catch(async (error) => {
    await stopAll();
    throw error;
  }),
);
await stopAll();
