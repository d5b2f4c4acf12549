import { ask, type TestRedis } from '../support/redis.js';
import type { RedisProcess } from '../support/redis-process.js';
import { until } from '../support/until.js';

/** Maximum duration of a failover. */
const FAILOVER_MS = 40_000;

/** The running servers that accept writes: one, or the masters of a cluster. */
export const mastersOf = async ({ servers }: TestRedis): Promise<RedisProcess[]> => {
  const roles = await Promise.all(servers.map(roleOf));
  return servers.filter((_, i) => roles[i] === 'master');
};

/** Promotes the replica of a master; the last writes may be lost. Does nothing without an online replica. */
export const failOver = async (redis: TestRedis & { failover?(): Promise<void> }, pick: number): Promise<void> => {
  if (redis.failover !== undefined) return redis.failover();
  const replica = await replicaOf(redis, await pickMaster(redis, pick));
  if (replica !== undefined) await ask(replica.port, 'cluster', 'failover', 'takeover');
};

/**
 * Returns the store to an earlier state: a master is isolated, its replica is promoted and written to for a while, then
 * the replica is isolated, and the previous master serves again with its old data. Does nothing without an online
 * replica.
 */
export const failBack = async (redis: TestRedis, forMs: number, pick: number): Promise<void> => {
  const previous = await pickMaster(redis, pick);
  const replica = previous && (await replicaOf(redis, previous));
  if (previous === undefined || replica === undefined) return;
  previous.pause();
  try {
    await until(() => servesFor(redis, replica, previous), FAILOVER_MS);
    await new Promise((resolve) => setTimeout(resolve, forMs / 4));
    replica.pause();
    previous.resume();
    await until(() => servesFor(redis, previous, replica), FAILOVER_MS);
    await new Promise((resolve) => setTimeout(resolve, forMs / 4));
  } finally {
    previous.resume();
    replica.resume();
  }
};

const pickMaster = async (redis: TestRedis, pick: number): Promise<RedisProcess | undefined> => {
  const masters = await mastersOf(redis);
  return masters[Math.floor(pick * masters.length)];
};

/** The role of a server: `master`, `slave` or `sentinel`; empty if it does not answer. */
const roleOf = ({ port }: RedisProcess): Promise<string> =>
  soon(ask(port, 'role')).then(
    (role) => String(role).split(',')[0] as string,
    () => '',
  );

const replicaOf = async (
  { servers }: TestRedis,
  master: RedisProcess | undefined,
): Promise<RedisProcess | undefined> => {
  if (master === undefined) return undefined;
  const state = String(await ask(master.port, 'info', 'replication'));
  const port = /slave0:ip=[^,]*,port=(\d+),state=online/.exec(state)?.[1];
  return servers.find((server) => String(server.port) === port);
};

/** Whether clients are told to write to this server instead of the other one. */
const servesFor = async ({ servers }: TestRedis, server: RedisProcess, other: RedisProcess): Promise<boolean> => {
  if ((await roleOf(server)) !== 'master') return false;
  for (const { port } of servers) {
    if (port === other.port) continue;
    const sentinel = await soon(ask(port, 'sentinel', 'get-master-addr-by-name', 'parley')).catch(() => undefined);
    if (sentinel !== undefined && String((sentinel as string[])[1]) !== String(server.port)) return false;
  }
  return true;
};

const soon = async <Value>(answer: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer within a second.')), 1_000);
  });
  answer.catch(() => {});
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
};
