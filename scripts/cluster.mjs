import './node-version.mjs';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { startBalancer } from './balancer.mjs';
import { startOnLeash } from './leash.mjs';
import { endWithParent } from './parent.mjs';
import { CommandFailed, ROOT, runMain } from './run-command.mjs';
import { setup } from './setup.mjs';

const FRONT = Number(process.env.PORT ?? 3000);
const PORTS = [FRONT + 1, FRONT + 2];
const READY_MS = 60_000;
/** Delay before a node is restarted, so that one can see the other continue without it. */
const RETRY_MS = 5_000;

/** What to stop: first the nodes, by their ports, then the services, in the reverse order of their start. */
const nodes = new Map();
const below = [];

const refuseBusyPorts = async () => {
  for (const port of [FRONT, ...PORTS]) {
    const server = createServer();
    await new Promise((resolve, reject) => {
      server.once('error', () => reject(new CommandFailed(`Port ${port} is in use: stop what listens there first`)));
      server.listen(port, () => server.close(resolve));
    });
  }
};

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

const startNode = (port, shared) => {
  const name = `node-${PORTS.indexOf(port) + 1}`;
  const node = startOnLeash('INT', process.execPath, [join(ROOT, 'dist', 'main.js')], {
    ...process.env,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    HOST: '127.0.0.1',
    ...shared,
    NODE_ID: name,
    PORT: String(port),
  });
  const lines = createInterface({ input: node.output });
  lines.on('line', (line) => line.startsWith('{') && console.log(`${name} │ ${line}`));
  nodes.set(port, node);
  return node.ended.then((code) => ({ name, code }));
};

/** Restarts a node whenever it ends, like an orchestrator. */
const keepNode = async (port, shared) => {
  while (stopping === undefined) {
    const { name, code } = await startNode(port, shared);
    if (stopping !== undefined) return;
    console.log(
      `  ${name} ended (${code}); its calls go on through the other one. It starts again in ${RETRY_MS / 1000} s.`,
    );
    await wait(RETRY_MS);
  }
};

/** `1` or `2` and Enter kill that node. */
const killOnRequest = () => {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const node = nodes.get(PORTS[Number(line) - 1]);
    node?.kill();
  });
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
    await Promise.all([...nodes.values()].map((node) => node.stop()));
    for (const server of below.reverse()) await server.stop();
  })();
  return stopping;
};

/** `npm run cluster`: two nodes behind a load balancer, with their own Redis and PostgreSQL, until Ctrl-C. */
const cluster = async () => {
  endWithParent();
  await refuseBusyPorts();
  await setup();
  const shared = {
    DATABASE_URL: process.env.DATABASE_URL ?? (await startPostgres()),
    REDIS_URL: process.env.REDIS_URL ?? (await startRedis()),
    JWT_SECRET: process.env.JWT_SECRET ?? randomBytes(36).toString('base64url'),
  };
  const balancer = await startBalancer(() => PORTS.map((port) => `http://127.0.0.1:${port}`), FRONT);
  below.push(balancer);
  const kept = PORTS.map((port) => keepNode(port, shared));
  await Promise.all(PORTS.map(ready));
  console.log(
    `\n  Parley is ready:  http://localhost:${FRONT}   (a balancer over two nodes, ports ${PORTS.join(' and ')})`,
  );
  console.log('  Open a room in two windows. Type 1 or 2 and Enter to kill that node, and watch the call continue.');
  console.log('  Ctrl-C stops everything.\n');
  killOnRequest();
  await Promise.all(kept);
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
