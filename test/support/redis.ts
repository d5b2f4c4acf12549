import { Redis } from 'ioredis';
import { RedisProcess } from './redis-process.js';
import { until } from './until.js';

/** A Redis for a test: where it is, and its life. */
export interface TestRedis {
  /** What `REDIS_URL` would be. */
  readonly url: string;
  /** The servers behind it: one, or the masters of a cluster, or a master and its replica. */
  readonly servers: readonly RedisProcess[];
  /** One command to every server; answers in their order. */
  command(...words: [string, ...(string | number)[]]): Promise<unknown[]>;
  /** SIGKILL to all of them. */
  kill(): Promise<void>;
  /** Starts all of them again, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A standalone Redis on a free port of loopback that keeps nothing on disk. */
export const startRedis = async (...settings: readonly string[]): Promise<TestRedis> => {
  const server = await RedisProcess.start(settings);
  return testRedis(`redis://127.0.0.1:${server.port}`, [server]);
};

/** A cluster of three masters on loopback, all slots served. */
export const startRedisCluster = async (): Promise<TestRedis> => {
  const servers = await Promise.all([0, 1, 2].map(() => RedisProcess.start(CLUSTER)));
  await joinCluster(servers);
  return testRedis(clusterUrl(servers), servers, () => joinCluster(servers));
};

/** The same with a replica of each master, which takes its place when it is gone for two seconds. */
export const startReplicatedRedisCluster = async (): Promise<TestRedis> => {
  const settings = [...CLUSTER, 'repl-diskless-sync-delay 0'];
  const servers = await Promise.all(Array.from({ length: 6 }, () => RedisProcess.start(settings)));
  const [masters, replicas] = [servers.slice(0, 3), servers.slice(3)];
  await joinCluster(masters);
  for (const [i, { port }] of replicas.entries()) {
    const master = masters[i] as RedisProcess;
    await ask(port, 'cluster', 'meet', '127.0.0.1', master.port);
    const id = String(await ask(master.port, 'cluster', 'myid'));
    // It has to hear of its master first.
    await until(() => ask(port, 'cluster', 'replicate', id).catch(() => false));
  }
  await until(async () => {
    const states = await Promise.all(masters.map(({ port }) => ask(port, 'info', 'replication')));
    return states.every((state) => String(state).includes('state=online'));
  });
  await untilWhole(servers);
  return testRedis(clusterUrl(servers), servers, () => untilWhole(servers));
};

const CLUSTER = [
  ...['cluster-enabled yes', 'cluster-config-file nodes.conf', 'cluster-node-timeout 2000'],
  // As docs/operations.md says: a master that is away must not stop the others.
  'cluster-require-full-coverage no',
  // A master that comes back after its replica took over may be all that is left of a slot, however old its data is.
  'cluster-replica-validity-factor 0',
];
const clusterUrl = (servers: readonly RedisProcess[]): string =>
  `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;

/** A master, a replica, and sentinels that make the replica the master when asked or needed. */
export const startRedisSentinel = async (sentinels = 1): Promise<TestRedis & { failover(): Promise<void> }> => {
  const master = await RedisProcess.start();
  const replica = await RedisProcess.start([`replicaof 127.0.0.1 ${master.port}`, 'repl-diskless-sync-delay 0']);
  const watch = [
    `sentinel monitor parley 127.0.0.1 ${master.port} ${Math.ceil((sentinels + 1) / 2)}`,
    'sentinel down-after-milliseconds parley 1000',
    'sentinel failover-timeout parley 5000',
  ];
  const watchers = await Promise.all(Array.from({ length: sentinels }, () => RedisProcess.start(watch, true)));
  const [first] = watchers as [RedisProcess];
  await until(async () => String(await ask(master.port, 'info', 'replication')).includes('state=online'));
  await until(async () => JSON.stringify(await ask(first.port, 'sentinel', 'replicas', 'parley')).includes('"ok"'));
  const servers = [master, replica, ...watchers];
  const hosts = watchers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    ...testRedis(`redis+sentinel://${hosts}/parley`, servers),
    failover: async () => {
      await until(() => ask(first.port, 'sentinel', 'failover', 'parley').catch(() => false));
      await until(async () => String(await ask(replica.port, 'role')).startsWith('master'));
    },
  };
};

const testRedis = (
  url: string,
  servers: readonly RedisProcess[],
  rejoin: () => Promise<unknown> = async () => {},
): TestRedis => ({
  url,
  servers,
  command: (...words) => Promise.all(servers.map(({ port }) => ask(port, ...words))),
  kill: async () => {
    await Promise.all(servers.map((server) => server.kill()));
  },
  restart: async () => {
    await Promise.all(servers.map((server) => server.restart()));
    await rejoin();
  },
  stop: async () => {
    await Promise.all(servers.map((server) => server.stop()));
  },
});

const joinCluster = async (servers: readonly RedisProcess[]): Promise<void> => {
  const share = Math.ceil(16_384 / servers.length);
  const [first] = servers as [RedisProcess];
  for (const [i, { port }] of servers.entries()) {
    const known = String(await ask(port, 'cluster', 'info'));
    if (known.includes('cluster_slots_assigned:0')) {
      await ask(port, 'cluster', 'addslotsrange', i * share, Math.min(16_383, (i + 1) * share - 1));
      await ask(port, 'cluster', 'set-config-epoch', i + 1).catch(() => {});
    }
    if (port !== first.port) await ask(port, 'cluster', 'meet', '127.0.0.1', first.port);
  }
  await untilWhole(servers);
};

/** Waits until each of them knows all of them, and who has which slot. */
const untilWhole = (servers: readonly RedisProcess[]): Promise<boolean> =>
  until(async () => {
    const infos = await Promise.all(servers.map(({ port }) => ask(port, 'cluster', 'info')));
    return infos.every(
      (info) =>
        String(info).includes('cluster_state:ok') && String(info).includes(`cluster_known_nodes:${servers.length}`),
    );
  });

/** One command to the server on this port. */
export const ask = async (port: number, command: string, ...words: (string | number)[]): Promise<unknown> => {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: null,
    enableReadyCheck: false,
    // A server that is stopped accepts connections and says nothing.
    commandTimeout: 10_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.call(command, ...words);
  } finally {
    client.disconnect();
  }
};
