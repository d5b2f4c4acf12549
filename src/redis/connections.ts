import type * as ioredis from 'ioredis';
import { Cluster, Redis } from 'ioredis';
import type { RedisAddress, RedisTarget } from './redis-url.js';

// Left at its default, which keeps the shapes of replies that every ioredis had.
type RedisOptions = Omit<ioredis.RedisOptions, 'replyMapping'>;
type ClusterOptions = Omit<ioredis.ClusterOptions, 'redisOptions'> & {
  redisOptions: Omit<NonNullable<ioredis.ClusterOptions['redisOptions']>, 'replyMapping'>;
};

/** A client for commands, of either kind. */
export type CommandClient = Redis | Cluster;

/** Longest pause between two attempts to connect. */
const MAX_RETRY_MS = 2_000;

/** Full jitter: replicas that lost the same Redis must not come back in step. */
export const retryDelay = (times: number): number =>
  Math.ceil(Math.random() * Math.min(MAX_RETRY_MS, 50 * 2 ** Math.min(times, 10)));

/**
 * Fails at once rather than late: ioredis's defaults queue what cannot be sent and send it again after a
 * reconnect, so a command could run seconds after its caller was told that it had failed, or twice.
 */
const COMMON: RedisOptions = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  commandTimeout: 500,
  socketTimeout: 1_500,
  connectTimeout: 2_000,
  // How long a connection that is being closed may take, also one that is closed already.
  disconnectTimeout: 500,
  retryStrategy: retryDelay,
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

/** The client that commands and PUBLISH go through. */
export const connectCommands = (target: RedisTarget): CommandClient =>
  quiet(target.kind === 'cluster' ? clusterClient(target) : new Redis(redisOptions(target)));

/**
 * A client for one subscription and one life: when its connection ends it stays ended.
 * @param address in a cluster, the master that owns the channel's slot, if that is known.
 */
export const connectSubscriber = (target: RedisTarget, address?: RedisAddress): Redis => {
  const options: RedisOptions = { retryStrategy: null, reconnectOnError: null };
  if (target.kind !== 'cluster') return quiet(new Redis({ ...redisOptions(target), ...options }));
  const any = target.nodes[Math.floor(Math.random() * target.nodes.length)];
  return quiet(new Redis({ ...COMMON, ...loginOptions(target), ...(address ?? any), ...options }));
};

const clusterClient = (target: Extract<RedisTarget, { kind: 'cluster' }>): Cluster => {
  // The pool sets these two for its connections by itself.
  const { enableOfflineQueue: _queue, retryStrategy: _retry, ...redisOptions } = COMMON;
  const options: ClusterOptions = {
    enableOfflineQueue: false,
    clusterRetryStrategy: retryDelay,
    // A stopped master would hold its clients for as long as nobody asks who owns the slots now.
    slotsRefreshInterval: 1_000,
    slotsRefreshTimeout: 1_000,
    // Zero: a command that met a closed connection or a cluster that is down fails, and is not kept for later.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    redisOptions: { ...redisOptions, ...loginOptions(target) },
    // A certificate names a host: it must not be replaced by its address.
    ...(target.tls && { dnsLookup: (host, callback) => callback(null, host) }),
  };
  const cluster = new Cluster(
    target.nodes.map((node) => ({ ...node })),
    options,
  );
  // Connections of the pool are lazy, and a lazy one queues. Connected early, they refuse instead.
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
 * A redirection of a slot that moves (ASK) is preceded by an ASKING whose answer ioredis does not look at: that its
 * target is gone is seen by the command behind it, and must not end the process as nobody's failure.
 */
export const neverUnhandled = (node: Pick<Redis, 'asking'>): void => {
  const asking = node.asking.bind(node);
  node.asking = () => {
    const answer = asking();
    answer.catch(() => {});
    return answer;
  };
};

/** An 'error' event without a listener ends the process; what matters is seen by each command. */
const quiet = <Client extends CommandClient>(client: Client): Client => {
  client.on('error', () => {});
  return client;
};
