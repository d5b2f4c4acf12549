import { randomBytes } from 'node:crypto';
import { startDistantRedis } from './distant-redis.js';
import { startPostgres } from './postgres.js';
import { startRedis, startRedisCluster, startRedisSentinel, type TestRedis } from './redis.js';
import { type RunningNode, startNode } from './start-node.js';

/** Several nodes, connected only through Redis and PostgreSQL. */
export interface Cluster {
  readonly nodes: RunningNode[];
  readonly redis: TestRedis;
  /** The environment of each node, for starting another one. */
  readonly environment: Record<string, string>;
  addNode(more?: Record<string, string>): Promise<RunningNode>;
  stop(): Promise<void>;
}

const START = {
  standalone: () => startRedis(),
  cluster: () => startRedisCluster(),
  sentinel: () => startRedisSentinel(),
  /** A delay of 20 ms each way. */
  distant: () => startDistantRedis(20),
};

export const startCluster = async (options: {
  readonly nodes: number;
  readonly redis?: keyof typeof START;
  readonly environment?: Record<string, string>;
}): Promise<Cluster> => {
  const [redis, postgres] = await Promise.all([START[options.redis ?? 'standalone'](), startPostgres()]);
  const environment = {
    REDIS_URL: redis.url,
    DATABASE_URL: await postgres.createDatabase(),
    JWT_SECRET: randomBytes(48).toString('base64'),
    ...options.environment,
  };
  const nodes: RunningNode[] = [];
  const addNode = async (more: Record<string, string> = {}): Promise<RunningNode> => {
    const node = await startNode({ NODE_ID: `n${nodes.length + 1}`, ...environment, ...more });
    nodes.push(node);
    return node;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all([redis.stop(), postgres.stop()]);
  };
  try {
    // Started at the same time: the first node migrates the database, and the others wait for it.
    await Promise.all(Array.from({ length: options.nodes }, () => addNode()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, redis, environment, addNode, stop };
};
