import { Redis } from 'ioredis';
import { RedisProcess } from './redis-process.js';
import { until } from './until.js';

/** A Redis for a test. */
export interface TestRedis {
  /** The value for `REDIS_URL`. */
  readonly url: string;
  /** Its servers: one, the masters of a cluster, or a master and its replica. */
  readonly servers: readonly RedisProcess[];
  /** Sends a command to every server. @returns the answers, in the order of the servers */
  command(...words: [string, ...(string | number)[]]): Promise<unknown[]>;
  /** Kills all servers (SIGKILL). */
  kill(): Promise<void>;
  /** Restarts all servers, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a standalone Redis on a free port of loopback, without persistence. */
export const startRedis = async (...settings: readonly string[]): Promise<TestRedis> => {
  const server = await RedisProcess.start(settings);
  return testRedis(`redis://127.0.0.1:${server.port}`, [server]);
};

/** Starts a cluster of three masters on loopback, which serve all slots. */
export const startRedisCluster = async (): Promise<TestRedis> => {
  const servers = await Promise.all([0, 1, 2].map(() => RedisProcess.start(CLUSTER)));
  await joinCluster(servers);
  return testRedis(clusterUrl(servers), servers, () => joinCluster(servers));
};

/** The same with a replica of each master, which is promoted when the master is down for two seconds. */
export const startReplicatedRedisCluster = async (): Promise<TestRedis> => {
  const settings = [...CLUSTER, 'repl-diskless-sync-delay 0'];
  const servers = await Promise.all(Array.from({ length: 6 }, () => RedisProcess.start(settings)));
  const [masters, replicas] = [servers.slice(0, 3), servers.slice(3)];
  await joinCluster(masters);
  for (const [i, { port }] of replicas.entries()) {
    const master = masters[i] as RedisProcess;
    await ask(port, 'cluster', 'meet', '127.0.0.1', master.port);
    const id = String(await ask(master.port, 'cluster', 'myid'));
    // It must learn of its master first.
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
  // As in docs/operations.md: the loss of one master must not stop the others.
  'cluster-require-full-coverage no',
  // A replica may be promoted however old its data is: it can be all that is left of a slot.
  'cluster-replica-validity-factor 0',
];
const clusterUrl = (servers: readonly RedisProcess[]): string =>
  `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;

/** Starts a master, a replica, and sentinels that promote the replica on request or when the master fails. */
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

/** Waits until each server knows all others and the owner of each slot. */
const untilWhole = (servers: readonly RedisProcess[]): Promise<boolean> =>
  until(async () => {
    const infos = await Promise.all(servers.map(({ port }) => ask(port, 'cluster', 'info')));
    return infos.every(
      (info) =>
        String(info).includes('cluster_state:ok') && String(info).includes(`cluster_known_nodes:${servers.length}`),
    );
  });

/** Sends a command to the server on this port. */
export const ask = async (port: number, command: string, ...words: (string | number)[]): Promise<unknown> => {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    retryStrategy: null,
    enableReadyCheck: false,
    // A paused server accepts connections and does not answer.
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
