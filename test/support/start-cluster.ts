import { randomBytes } from 'node:crypto';
import { startDistantRedis } from './distant-redis.js';
import { startPostgres } from './postgres.js';
import { startRedis, startRedisCluster, startRedisSentinel, type TestRedis } from './redis.js';
import { type RunningNode, startNode } from './start-node.js';

/** Several nodes that know each other only through Redis and PostgreSQL. */
export interface Cluster {
  readonly nodes: RunningNode[];
  readonly redis: TestRedis;
  /** What each node was started with: enough to start one more. */
  readonly environment: Record<string, string>;
  addNode(more?: Record<string, string>): Promise<RunningNode>;
  stop(): Promise<void>;
}

const START = {
  standalone: () => startRedis(),
  cluster: () => startRedisCluster(),
  sentinel: () => startRedisSentinel(),
  /** 20 ms each way. */
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
    // All at once: whoever is first migrates, the others wait for it.
    await Promise.all(Array.from({ length: options.nodes }, () => addNode()));
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, redis, environment, addNode, stop };
};
