import { readFileSync } from 'node:fs';
import type { Limits } from '@parley/protocol';
import { configConflicts } from './config-conflicts.js';
import { ENVIRONMENT } from './environment.js';
import { type RetentionConfig, type RoomsConfig, retention } from './retention.js';

/** Everything that can be set from outside, read once at boot. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** This process's name in logs and `welcome.node`; a random suffix is added for each life. */
  readonly nodeName: string;
  readonly logLevel: string;
  readonly allowedOrigins: readonly string[];
  readonly dataDir: string;
  /** Undefined: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Undefined: one node, everything in memory. */
  readonly redisUrl: string | undefined;
  /** Prefix of every key and channel in Redis. */
  readonly redisPrefix: string;
  readonly jwt: JwtConfig;
  readonly ice: IceConfig;
  readonly limits: Limits;
  readonly drain: DrainConfig;
  readonly lease: LeaseConfig;
  readonly handshakes: HandshakeConfig;
  /** Addresses and ranges of the proxies whose X-Forwarded-For is believed, `loopback`, `private`. */
  readonly trustedProxies: readonly string[];
  /** True: what a trusted proxy was asked for without TLS is refused. */
  readonly requireTls: boolean;
  readonly sockets: SocketsConfig;
  readonly rates: RatesConfig;
  /** A variable by its name, or what its `_FILE` holds: for parts that have settings of their own. */
  readonly setting: (name: string) => string | undefined;
  readonly topics: TopicsConfig;
  readonly rooms: RoomsConfig;
  readonly retention: RetentionConfig;
  /** The ids (`sub`) of those who may read the audit trail of everything. */
  readonly administrators: readonly string[];
}

/** How much of named topics this node keeps for the clients of other servers (src/bridges). */
export interface TopicsConfig {
  readonly maxTopicBytes: number;
  /** Of one socket. */
  readonly maxTopicsPerClient: number;
  readonly maxTopics: number;
  /** Names, subscriptions and what waits, together. */
  readonly maxBytes: number;
  /** Of one topic to the subscribers of this node. */
  readonly deliveries: RateConfig;
}

/** How tokens are made and checked. Never decided by a token. */
export interface JwtConfig {
  /** Undefined: made on the first start and kept in `dataDir`. At least 32 bytes. */
  readonly secret: string | undefined;
  /** Keys session ids; derived from `secret` when absent. */
  readonly sessionSecret: string | undefined;
  /** Set: tokens come from an outside issuer with these public keys, and Parley issues none. */
  readonly jwksUrl: string | undefined;
  readonly algorithms: readonly string[];
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
  readonly guestTokenSeconds: number;
  readonly refreshTokenSeconds: number;
}

/** The ICE servers that clients are told of. */
export interface IceConfig {
  readonly stunUrls: readonly string[];
  readonly turnUrls: readonly string[];
  /** Shared with coturn (`static-auth-secret`). */
  readonly turnSecret: string | undefined;
  readonly credentialSeconds: number;
}

/** The steps of SIGTERM, in milliseconds. */
export interface DrainConfig {
  /** Not ready, but still serving: the load balancer's time to notice. */
  readonly graceMs: number;
  /** The sessions are asked to move at random moments within this time. */
  readonly spreadMs: number;
  /** Then what is left is closed. */
  readonly deadlineMs: number;
}

/** A node's own clocks in a cluster, in milliseconds. docs/architecture.md says what must hold between them. */
export interface LeaseConfig {
  /** A node that is silent for so long is given up by the others. */
  readonly leaseMs: number;
  readonly renewMs: number;
  /** How often nodes look for what dead ones left behind. */
  readonly sweepMs: number;
  /** How often a node compares each of its rooms with the store. */
  readonly reconcileMs: number;
}

/** How fast a node takes new sockets: when thousands lost theirs at once, those that are open must not suffer. */
export interface HandshakeConfig {
  readonly burst: number;
  readonly perSecond: number;
}

/** How many sockets this node takes. An IPv6 address counts as its /64. */
export interface SocketsConfig {
  readonly maxPerAddress: number;
  /** Sockets that have not said hello yet. */
  readonly maxUnauthenticatedPerAddress: number;
  readonly maxUnauthenticated: number;
  /** All frames that come from one address together. */
  readonly framesPerAddress: RateConfig;
  readonly maxPerUser: number;
  /** All frames of a user's sessions together. */
  readonly framesPerUser: RateConfig;
}

/** So many at once, and so many a second in the long run. */
export interface RateConfig {
  readonly burst: number;
  readonly perSecond: number;
}

/** What REST may be asked for by one address or one user, on all nodes together when they share a Redis. */
export interface RatesConfig {
  /** By address: accounts made, guests let in, tokens refreshed. */
  readonly register: RateConfig;
  readonly guest: RateConfig;
  readonly refresh: RateConfig;
  /** By user: every request with a token. */
  readonly user: RateConfig;
  /** By room: deliveries to its peers, by the senders of each node. */
  readonly room: RateConfig;
  /** By address: every request, on each node alone. */
  readonly address: RateConfig;
}

/** The environment cannot be served; `faults` names each wrong variable and why. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`Parley cannot start:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Reads the environment. `NAME_FILE` stands for `NAME` when the value is in a file (a mounted secret).
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
    allowedOrigins: env.ALLOWED_ORIGINS,
    dataDir: env.DATA_DIR,
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    redisPrefix: env.REDIS_PREFIX,
    jwt: {
      secret: env.JWT_SECRET,
      sessionSecret: env.SESSION_SECRET,
      jwksUrl: env.JWT_JWKS_URL,
      algorithms: env.JWT_JWKS_URL === undefined ? ['HS256'] : env.JWT_ALGORITHMS,
      issuer: env.JWT_ISSUER,
      audience: env.JWT_AUDIENCE,
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
      guest: { burst: env.GUEST_BURST, perSecond: env.GUESTS_PER_MINUTE / 60 },
      refresh: { burst: env.REFRESH_BURST, perSecond: env.REFRESHES_PER_MINUTE / 60 },
      user: { burst: env.USER_REQUEST_BURST, perSecond: env.USER_REQUESTS_PER_SECOND },
      room: { burst: env.ROOM_DELIVERY_BURST, perSecond: env.ROOM_DELIVERIES_PER_SECOND },
      address: { burst: env.ADDRESS_REQUEST_BURST, perSecond: env.ADDRESS_REQUESTS_PER_SECOND },
    },
    topics: {
      maxTopicBytes: env.MAX_TOPIC_BYTES,
      maxTopicsPerClient: env.MAX_TOPICS_PER_SOCKET,
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
