import { readFileSync } from 'node:fs';
import type { Limits } from '@parley/protocol';
import { configConflicts } from './config-conflicts.js';
import { ENVIRONMENT } from './environment.js';
import { type RetentionConfig, type RoomsConfig, retention } from './retention.js';

/** The configuration of a node, read once at boot. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** This node's name in logs and `welcome.node`; each start adds a random suffix. */
  readonly nodeName: string;
  readonly logLevel: string;
  /** False: sockets and Redis commands use the public API of their packages alone. */
  readonly fastPaths: boolean;
  /** Origins as browsers write them, patterns `https://*.example.com`, or `*`. */
  readonly allowedOrigins: readonly string[];
  readonly dataDir: string;
  /** Undefined: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** The same database without a pooler, for migrations. Undefined: `databaseUrl`. */
  readonly databaseDirectUrl: string | undefined;
  /** Undefined: a single node that keeps its state in memory. */
  readonly redisUrl: string | undefined;
  /** Prefix of every key and channel in Redis. */
  readonly redisPrefix: string;
  readonly jwt: JwtConfig;
  readonly ice: IceConfig;
  readonly limits: Limits;
  readonly drain: DrainConfig;
  readonly lease: LeaseConfig;
  readonly handshakes: HandshakeConfig;
  /** Proxies whose X-Forwarded-For is trusted: addresses, ranges, `loopback`, `private`. */
  readonly trustedProxies: readonly string[];
  /** True: refuses requests that reached a trusted proxy without TLS. */
  readonly requireTls: boolean;
  readonly http: HttpConfig;
  /** True: serves `/docs`, with the API documents. */
  readonly apiDocs: boolean;
  readonly sockets: SocketsConfig;
  readonly rates: RatesConfig;
  /** Reads a variable, or the file that its `_FILE` names: for bridges, which define their own settings. */
  readonly setting: (name: string) => string | undefined;
  readonly topics: TopicsConfig;
  /** Maximum size of a frame of a bridge's client; that of Parley's own clients is in `limits`. */
  readonly maxBridgeFrameBytes: number;
  readonly rooms: RoomsConfig;
  readonly retention: RetentionConfig;
  /** User ids (`sub`) that may read the whole audit log. */
  readonly administrators: readonly string[];
}

/** Limits of the HTTP server. */
export interface HttpConfig {
  /** Of a request's headers together, with its URL. */
  readonly maxHeaderBytes: number;
  /** How long an idle connection stays open for the next request. */
  readonly keepAliveMs: number;
}

/** Limits on the topics of the y-webrtc bridge, per node. */
export interface TopicsConfig {
  readonly maxTopicBytes: number;
  /** Per socket. */
  readonly maxTopicsPerClient: number;
  /** Names and subscriptions per socket. */
  readonly maxBytesPerClient: number;
  readonly maxTopicsPerAddress: number;
  readonly maxTopicsPerUser: number;
  readonly maxTopics: number;
  /** Total of names, subscriptions and queued payloads. */
  readonly maxBytes: number;
  /** Deliveries per topic to the subscribers of this node. */
  readonly deliveries: RateConfig;
}

/** How tokens are issued and verified. A token never decides this itself. */
export interface JwtConfig {
  /** At least 32 bytes. Undefined: generated on the first start and stored in `dataDir`. */
  readonly secret: string | undefined;
  /** Key for session ids; derived from `secret` when absent. */
  readonly sessionSecret: string | undefined;
  /** Set: an external issuer with these public keys issues tokens, and Parley issues none. */
  readonly jwksUrl: string | undefined;
  readonly algorithms: readonly string[];
  readonly issuer: string;
  readonly audience: string;
  /** True: tokens of the external issuer without a `parley` claim have `name`, `kind` and `rooms` at the top level. */
  readonly topLevelClaims: boolean;
  readonly accessTokenSeconds: number;
  readonly guestTokenSeconds: number;
  readonly refreshTokenSeconds: number;
}

/** The ICE servers for clients. */
export interface IceConfig {
  readonly stunUrls: readonly string[];
  readonly turnUrls: readonly string[];
  /** Shared with coturn (`static-auth-secret`). */
  readonly turnSecret: string | undefined;
  readonly credentialSeconds: number;
}

/** The steps of a drain after SIGTERM, in milliseconds. */
export interface DrainConfig {
  /** Not ready, but still serving, until load balancers notice. */
  readonly graceMs: number;
  /** Sessions are asked to reconnect elsewhere at random times within this period. */
  readonly spreadMs: number;
  /** Then the remaining sockets are closed. */
  readonly deadlineMs: number;
}

/** A node's timings in a cluster, in milliseconds. docs/architecture.md states the constraints between them. */
export interface LeaseConfig {
  /** A node whose heartbeat is missing for so long counts as dead. */
  readonly leaseMs: number;
  readonly renewMs: number;
  /** How often nodes clean up after dead ones. */
  readonly sweepMs: number;
  /** How often a node compares each of its rooms with the store. */
  readonly reconcileMs: number;
}

/** Rate limit of new sockets, so that a reconnect storm does not slow down open ones. */
export interface HandshakeConfig {
  readonly burst: number;
  readonly perSecond: number;
}

/** Limits on this node's sockets. An IPv6 address counts as its /64. */
export interface SocketsConfig {
  readonly maxPerAddress: number;
  /** Sockets that have not sent `hello` yet. */
  readonly maxUnauthenticatedPerAddress: number;
  readonly maxUnauthenticated: number;
  /** All frames from one address. */
  readonly framesPerAddress: RateConfig;
  readonly maxPerUser: number;
  /** All frames of a user's sessions. */
  readonly framesPerUser: RateConfig;
}

/** A token bucket: its capacity, and its refill per second. */
export interface RateConfig {
  readonly burst: number;
  readonly perSecond: number;
}

/** Rate limits of REST and of deliveries, shared by all nodes that share a Redis unless noted. */
export interface RatesConfig {
  /** Per address: registrations, log-ins (failed and successful), guest tokens, refreshes. */
  readonly register: RateConfig;
  readonly login: RateConfig;
  readonly guest: RateConfig;
  readonly refresh: RateConfig;
  /** Per user: every request with a token. */
  readonly user: RateConfig;
  /** Per user: searches of rooms by name. */
  readonly search: RateConfig;
  /** Per room and node: deliveries to its peers by the node's senders. */
  readonly room: RateConfig;
  /** Per address and node: every request. */
  readonly address: RateConfig;
  /** Per address and node: reads of `/metrics`. */
  readonly metrics: RateConfig;
}

/** The environment is not valid; `faults` names each invalid variable and why. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`Parley cannot start:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Reads the configuration from the environment. `NAME_FILE` replaces `NAME` when the value is in a file, such as a
 * mounted secret.
 * @throws ConfigError naming every fault at once.
 */
export const readConfig = (environment: NodeJS.ProcessEnv): Config => {
  const given = Object.fromEntries(
    Object.keys(ENVIRONMENT.shape)
      .map((name) => [name, settingOf(name, environment)])
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = ENVIRONMENT.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  const env = parsed.data;
  const production = env.NODE_ENV === 'production';
  const faults = configConflicts(env, production);
  if (faults.length > 0) throw new ConfigError(faults);
  return deepFreeze({
    setting: (name: string) => settingOf(name, environment),
    production,
    host: env.HOST,
    port: env.PORT,
    nodeName: env.NODE_ID,
    logLevel: env.LOG_LEVEL,
    fastPaths: env.FAST_PATHS === 'on',
    allowedOrigins: env.ALLOWED_ORIGINS,
    dataDir: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    databaseDirectUrl: env.DATABASE_DIRECT_URL,
    redisUrl: env.REDIS_URL,
    redisPrefix: env.REDIS_PREFIX,
    jwt: {
      secret: env.JWT_SECRET,
      sessionSecret: env.SESSION_SECRET,
      jwksUrl: env.JWT_JWKS_URL,
      algorithms: env.JWT_JWKS_URL === undefined ? ['HS256'] : env.JWT_ALGORITHMS,
      issuer: env.JWT_ISSUER,
      audience: env.JWT_AUDIENCE,
      topLevelClaims: env.JWT_TOP_LEVEL_CLAIMS === 'true',
      accessTokenSeconds: env.ACCESS_TOKEN_SECONDS,
      guestTokenSeconds: env.GUEST_TOKEN_SECONDS,
      refreshTokenSeconds: env.REFRESH_TOKEN_SECONDS,
    },
    ice: {
      stunUrls: env.STUN_URLS,
      turnUrls: env.TURN_URLS,
      turnSecret: env.TURN_SECRET,
      credentialSeconds: env.TURN_CREDENTIAL_SECONDS,
    },
    limits: {
      maxFrameBytes: env.MAX_FRAME_BYTES,
      maxHeaderBytes: env.MAX_HEADER_BYTES,
      maxMetaBytes: env.MAX_META_BYTES,
      maxChatBytes: env.MAX_CHAT_BYTES,
      maxRoomsPerSession: env.MAX_ROOMS_PER_SESSION,
      maxParticipantsPerRoom: env.MAX_PARTICIPANTS_PER_ROOM,
      maxPendingFrames: env.MAX_PENDING_FRAMES,
      byteBurst: env.BYTE_BURST,
      bytesPerSecond: env.BYTES_PER_SECOND,
      frameBurst: env.FRAME_BURST,
      framesPerSecond: env.FRAMES_PER_SECOND,
      chatBurst: env.CHAT_BURST,
      chatsPerSecond: env.CHATS_PER_SECOND,
      broadcastBurst: env.BROADCAST_BURST,
      broadcastsPerSecond: env.BROADCASTS_PER_SECOND,
      requestBurst: env.REQUEST_BURST,
      requestsPerSecond: env.REQUESTS_PER_SECOND,
      resumeWindowMs: env.RESUME_WINDOW_MS,
      heartbeatMs: env.HEARTBEAT_MS,
      silenceMs: env.SILENCE_MS,
      helloTimeoutMs: env.HELLO_TIMEOUT_MS,
    },
    drain: { graceMs: env.DRAIN_GRACE_MS, spreadMs: env.DRAIN_SPREAD_MS, deadlineMs: env.DRAIN_DEADLINE_MS },
    lease: {
      leaseMs: env.NODE_LEASE_MS,
      renewMs: env.NODE_RENEW_MS,
      sweepMs: env.NODE_SWEEP_MS,
      reconcileMs: env.NODE_RECONCILE_MS,
    },
    handshakes: { burst: env.HANDSHAKE_BURST, perSecond: env.HANDSHAKES_PER_SECOND },
    trustedProxies: env.TRUSTED_PROXIES,
    requireTls: env.REQUIRE_TLS === 'true',
    http: { maxHeaderBytes: env.MAX_HTTP_HEADER_BYTES, keepAliveMs: env.KEEP_ALIVE_SECONDS * 1_000 },
    apiDocs: env.API_DOCS === 'on',
    sockets: {
      maxPerAddress: env.MAX_SOCKETS_PER_ADDRESS,
      maxUnauthenticatedPerAddress: env.MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS,
      maxUnauthenticated: env.MAX_UNAUTHENTICATED_SOCKETS,
      maxPerUser: env.MAX_SOCKETS_PER_USER,
      framesPerAddress: { burst: env.ADDRESS_FRAME_BURST, perSecond: env.ADDRESS_FRAMES_PER_SECOND },
      framesPerUser: { burst: env.USER_FRAME_BURST, perSecond: env.USER_FRAMES_PER_SECOND },
    },
    rates: {
      register: { burst: env.REGISTER_BURST, perSecond: env.REGISTERS_PER_MINUTE / 60 },
      login: { burst: env.LOGIN_BURST, perSecond: env.LOGINS_PER_MINUTE / 60 },
      guest: { burst: env.GUEST_BURST, perSecond: env.GUESTS_PER_MINUTE / 60 },
      refresh: { burst: env.REFRESH_BURST, perSecond: env.REFRESHES_PER_MINUTE / 60 },
      user: { burst: env.USER_REQUEST_BURST, perSecond: env.USER_REQUESTS_PER_SECOND },
      search: { burst: env.SEARCH_BURST, perSecond: env.SEARCHES_PER_MINUTE / 60 },
      room: { burst: env.ROOM_DELIVERY_BURST, perSecond: env.ROOM_DELIVERIES_PER_SECOND },
      address: { burst: env.ADDRESS_REQUEST_BURST, perSecond: env.ADDRESS_REQUESTS_PER_SECOND },
      metrics: { burst: env.METRICS_BURST, perSecond: env.METRICS_PER_SECOND },
    },
    maxBridgeFrameBytes: env.MAX_BRIDGE_FRAME_BYTES,
    topics: {
      maxTopicBytes: env.MAX_TOPIC_BYTES,
      maxTopicsPerClient: env.MAX_TOPICS_PER_SOCKET,
      maxBytesPerClient: env.MAX_TOPICS_BYTES_PER_SOCKET,
      maxTopicsPerAddress: env.MAX_TOPICS_PER_ADDRESS,
      maxTopicsPerUser: env.MAX_TOPICS_PER_USER,
      maxTopics: env.MAX_TOPICS,
      maxBytes: env.MAX_TOPICS_BYTES,
      deliveries: { burst: env.ROOM_DELIVERY_BURST, perSecond: env.ROOM_DELIVERIES_PER_SECOND },
    },
    ...retention(env),
    administrators: env.ADMIN_USERS,
  });
};

const settingOf = (name: string, environment: NodeJS.ProcessEnv): string | undefined => {
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === '') return environment[name];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new ConfigError([`${name}_FILE cannot be read: ${file}`]);
  }
};

const deepFreeze = <T extends object>(value: T): T => {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
};
