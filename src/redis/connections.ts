import type * as ioredis from 'ioredis';
import { Cluster, Redis } from 'ioredis';
import type { RedisAddress, RedisTarget } from './redis-url.js';

// Without `replyMapping`, whose default keeps the reply types that the types of ioredis describe.
type RedisOptions = Omit<ioredis.RedisOptions, 'replyMapping'>;
type ClusterOptions = Omit<ioredis.ClusterOptions, 'redisOptions'> & {
  redisOptions: Omit<NonNullable<ioredis.ClusterOptions['redisOptions']>, 'replyMapping'>;
};

/** A client for commands, of either kind. */
export type CommandClient = Redis | Cluster;

/** Maximum delay between two attempts to connect. */
const MAX_RETRY_MS = 2_000;

/** Exponential backoff with full jitter, so that nodes which lost the same Redis do not reconnect at the same time. */
export const retryDelay = (times: number): number =>
  Math.ceil(Math.random() * Math.min(MAX_RETRY_MS, 50 * 2 ** Math.min(times, 10)));

/**
 * Commands fail at once. By default, ioredis queues commands that it cannot send and resends them after a reconnect, so
 * that one could run twice, or seconds after its caller was told that it had failed.
 */
const COMMON: RedisOptions = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  commandTimeout: 500,
  socketTimeout: 1_500,
  connectTimeout: 2_000,
  // ioredis waits for this time even if the connection is closed already.
  disconnectTimeout: 500,
  retryStrategy: retryDelay,
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

/** Connects the client for commands and PUBLISH. */
export const connectCommands = (target: RedisTarget): CommandClient =>
  quiet(target.kind === 'cluster' ? clusterClient(target) : new Redis(redisOptions(target)));

/**
 * Connects a client for one subscription. It does not reconnect: the subscription reports its loss, and a new one
 * follows.
 * @param address in a cluster, the master that owns the channel's slot. Default: a random node, which may redirect
 */
export const connectSubscriber = (target: RedisTarget, address?: RedisAddress): Redis => {
  const options: RedisOptions = { retryStrategy: null, reconnectOnError: null };
  if (target.kind !== 'cluster') return quiet(new Redis({ ...redisOptions(target), ...options }));
  const any = target.nodes[Math.floor(Math.random() * target.nodes.length)];
  return quiet(new Redis({ ...COMMON, ...loginOptions(target), ...(address ?? any), ...options }));
};

const clusterClient = (target: Extract<RedisTarget, { kind: 'cluster' }>): Cluster => {
  // The connection pool of ioredis sets these two for its connections.
  const { enableOfflineQueue: _queue, retryStrategy: _retry, ...redisOptions } = COMMON;
  const options: ClusterOptions = {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryDelay,
    // Otherwise clients of a stopped master would not learn which master owns its slots now.
    slotsRefreshInterval: 1_000,
    slotsRefreshTimeout: 1_000,
    // 0 makes a command fail on a closed connection or an unavailable cluster, instead of waiting in a queue.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    redisOptions: { ...redisOptions, ...loginOptions(target) },
    // The certificate is issued for the host name, so connect by name, not by the resolved address.
    ...(target.tls && { dnsLookup: (host, callback) => callback(null, host) }),
  };
  const cluster = new Cluster(
    target.nodes.map((node) => ({ ...node })),
    options,
  );
  // The pool connects lazily, and a lazy connection queues its first command. A connected one refuses.
  cluster.on('+node', (node: Redis) => {
    quiet(node);
    neverUnhandled(node);
    if (node.status === 'wait') node.connect().catch(() => {});
  });
  return cluster;
};

const redisOptions = (target: Exclude<RedisTarget, { kind: 'cluster' }>): RedisOptions => {
  const common = { ...COMMON, ...loginOptions(target), db: target.db };
  if (target.kind === 'standalone') return { ...common, ...target.address };
  const { username, password } = target.sentinelLogin;
  return {
    ...common,
    sentinels: target.sentinels.map((sentinel) => ({ ...sentinel })),
    name: target.master,
    sentinelRetryStrategy: retryDelay,
    sentinelCommandTimeout: 1_000,
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
    ...(target.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  };
};

const loginOptions = ({ login, tls }: RedisTarget): RedisOptions => ({ ...login, ...(tls && { tls: {} }) });

/**
 * Handles a rejected ASKING, which ioredis sends before a command that a moving slot redirected (ASK), and does not
 * await. Without this, the loss of that node would end the process with an unhandled rejection. The command itself
 * fails too, so its caller learns of the loss.
 */
export const neverUnhandled = (node: Pick<Redis, 'asking'>): void => {
  const asking = node.asking.bind(node);
  node.asking = () => {
    const answer = asking();
    answer.catch(() => {});
    return answer;
  };
};

/** Adds a listener, without which an 'error' event ends the process. The caller of each command gets its error. */
const quiet = <Client extends CommandClient>(client: Client): Client => {
  client.on('error', () => {});
  return client;
};
