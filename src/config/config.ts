import { readFileSync } from 'node:fs';
import { DEFAULT_LIMITS, type Limits } from '@parley/protocol';
import { z } from 'zod';

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
  readonly life: LifeConfig;
  readonly handshakes: HandshakeConfig;
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
export interface LifeConfig {
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

/** The environment cannot be served; `faults` names each wrong variable and why. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`Parley cannot start:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );
const count = (fallback: number, least = 1, most = 1_000_000_000) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error }).default(fallback);
};
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const iceUrls = (...schemes: string[]) =>
  list.refine((urls) => urls.every((text) => schemes.some((scheme) => text.startsWith(`${scheme}:`))), {
    message: `must be a list of ${schemes.map((scheme) => `${scheme}:host:port`).join(' or ')}, separated by commas`,
  });
const url = (...schemes: string[]) =>
  z.string().refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}:`)), {
    message: `must begin with ${schemes.map((scheme) => `${scheme}:`).join(' or ')}`,
  });
const secret = z.string().refine((text) => Buffer.byteLength(text) >= 32, { message: 'must have at least 32 bytes' });

const ENVIRONMENT = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: count(3000, 0, 65_535),
  HOST: z.string().default('0.0.0.0'),
  NODE_ID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 of A-Z a-z 0-9 _ -')
    .default('node'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  ALLOWED_ORIGINS: list,
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  REDIS_URL: url('redis', 'rediss', 'redis+sentinel', 'rediss+sentinel', 'redis+cluster', 'rediss+cluster').optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 of A-Z a-z 0-9 _ -')
    .default('parley'),
  JWT_SECRET: secret.optional(),
  SESSION_SECRET: secret.optional(),
  JWT_JWKS_URL: url('https', 'http').optional(),
  JWT_ALGORITHMS: z
    .string()
    .default('ES256,EdDSA')
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((names) => names.every((name) => /^(?:[ERP]S(?:256|384|512)|EdDSA)$/.test(name)), {
      message: 'must be public-key algorithms of RFC 7518: ES256, EdDSA, RS256, …',
    }),
  JWT_ISSUER: z.string().min(1).default('parley'),
  JWT_AUDIENCE: z.string().min(1).default('parley'),
  ACCESS_TOKEN_SECONDS: count(900, 10),
  GUEST_TOKEN_SECONDS: count(3_600, 10),
  REFRESH_TOKEN_SECONDS: count(30 * 86_400, 60),
  STUN_URLS: iceUrls('stun', 'stuns'),
  TURN_URLS: iceUrls('turn', 'turns'),
  TURN_SECRET: z.string().min(16).optional(),
  TURN_CREDENTIAL_SECONDS: count(3_600, 30, 86_400),
  MAX_FRAME_BYTES: count(DEFAULT_LIMITS.maxFrameBytes, 1_024, 1_048_576),
  MAX_HEADER_BYTES: count(DEFAULT_LIMITS.maxHeaderBytes, 1_024, 65_536),
  MAX_META_BYTES: count(DEFAULT_LIMITS.maxMetaBytes, 64, 65_536),
  MAX_CHAT_BYTES: count(DEFAULT_LIMITS.maxChatBytes, 64, 65_536),
  MAX_ROOMS_PER_SESSION: count(DEFAULT_LIMITS.maxRoomsPerSession, 1, 1_000),
  MAX_PARTICIPANTS_PER_ROOM: count(DEFAULT_LIMITS.maxParticipantsPerRoom, 2, 10_000),
  MAX_PENDING_FRAMES: count(DEFAULT_LIMITS.maxPendingFrames, 1, 10_000),
  FRAME_BURST: count(DEFAULT_LIMITS.frameBurst),
  FRAMES_PER_SECOND: count(DEFAULT_LIMITS.framesPerSecond),
  CHAT_BURST: count(DEFAULT_LIMITS.chatBurst),
  CHATS_PER_SECOND: count(DEFAULT_LIMITS.chatsPerSecond),
  BROADCAST_BURST: count(DEFAULT_LIMITS.broadcastBurst),
  BROADCASTS_PER_SECOND: count(DEFAULT_LIMITS.broadcastsPerSecond),
  RESUME_WINDOW_MS: count(DEFAULT_LIMITS.resumeWindowMs, 100, 600_000),
  HEARTBEAT_MS: count(DEFAULT_LIMITS.heartbeatMs, 100, 60_000),
  SILENCE_MS: count(DEFAULT_LIMITS.silenceMs, 400, 240_000),
  HELLO_TIMEOUT_MS: count(DEFAULT_LIMITS.helloTimeoutMs, 100, 60_000),
  DRAIN_GRACE_MS: count(5_000, 0, 60_000),
  DRAIN_SPREAD_MS: count(20_000, 0, 600_000),
  DRAIN_DEADLINE_MS: count(25_000, 0, 600_000),
  NODE_LEASE_MS: count(10_000, 1_500, 600_000),
  NODE_RENEW_MS: count(3_000, 100, 600_000),
  NODE_SWEEP_MS: count(2_000, 100, 600_000),
  NODE_RECONCILE_MS: count(5_000, 100, 600_000),
  HANDSHAKE_BURST: count(1_000),
  HANDSHAKES_PER_SECOND: count(500),
});

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
  const faults = refusals(env, production);
  if (faults.length > 0) throw new ConfigError(faults);
  return deepFreeze({
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
      frameBurst: env.FRAME_BURST,
      framesPerSecond: env.FRAMES_PER_SECOND,
      chatBurst: env.CHAT_BURST,
      chatsPerSecond: env.CHATS_PER_SECOND,
      broadcastBurst: env.BROADCAST_BURST,
      broadcastsPerSecond: env.BROADCASTS_PER_SECOND,
      resumeWindowMs: env.RESUME_WINDOW_MS,
      heartbeatMs: env.HEARTBEAT_MS,
      silenceMs: env.SILENCE_MS,
      helloTimeoutMs: env.HELLO_TIMEOUT_MS,
    },
    drain: { graceMs: env.DRAIN_GRACE_MS, spreadMs: env.DRAIN_SPREAD_MS, deadlineMs: env.DRAIN_DEADLINE_MS },
    life: {
      leaseMs: env.NODE_LEASE_MS,
      renewMs: env.NODE_RENEW_MS,
      sweepMs: env.NODE_SWEEP_MS,
      reconcileMs: env.NODE_RECONCILE_MS,
    },
    handshakes: { burst: env.HANDSHAKE_BURST, perSecond: env.HANDSHAKES_PER_SECOND },
  });
};

/** The longest that a command to Redis may take. */
const REDIS_COMMAND_MS = 500;

/** Combinations that would run, and do harm. */
const refusals = (env: z.infer<typeof ENVIRONMENT>, production: boolean): string[] => {
  const faults: string[] = [];
  if (env.REDIS_URL !== undefined && env.DATABASE_URL === undefined) {
    faults.push(
      'REDIS_URL without DATABASE_URL: replicas that share a Redis must share a PostgreSQL too, or each would have accounts and rooms of its own',
    );
  }
  if (env.REDIS_URL !== undefined && env.JWT_SECRET === undefined && env.JWT_JWKS_URL === undefined) {
    faults.push('REDIS_URL without JWT_SECRET or JWT_JWKS_URL: replicas must trust the same tokens');
  }
  if (env.JWT_JWKS_URL !== undefined && env.REDIS_URL !== undefined && env.SESSION_SECRET === undefined) {
    faults.push('JWT_JWKS_URL with REDIS_URL needs SESSION_SECRET: replicas must derive the same session ids');
  }
  if (env.TURN_URLS.length > 0 && env.TURN_SECRET === undefined) {
    faults.push('TURN_URLS without TURN_SECRET: the secret that coturn has as static-auth-secret');
  }
  if (env.NODE_LEASE_MS <= 2 * env.NODE_RENEW_MS + 2 * REDIS_COMMAND_MS) {
    faults.push(
      'NODE_LEASE_MS must be more than twice NODE_RENEW_MS and a second, or slow renewals cost live nodes their lease',
    );
  }
  if (env.NODE_SWEEP_MS > env.NODE_LEASE_MS) faults.push('NODE_SWEEP_MS must not be more than NODE_LEASE_MS');
  if (env.DRAIN_GRACE_MS + env.DRAIN_SPREAD_MS > env.DRAIN_DEADLINE_MS) {
    faults.push('DRAIN_DEADLINE_MS must be at least DRAIN_GRACE_MS and DRAIN_SPREAD_MS together');
  }
  if (env.SILENCE_MS < 2 * env.HEARTBEAT_MS) faults.push('SILENCE_MS must be at least twice HEARTBEAT_MS');
  if (production && env.DATABASE_URL !== undefined && env.JWT_SECRET === undefined && env.JWT_JWKS_URL === undefined) {
    faults.push('JWT_SECRET is missing: production with a database of its own needs a secret of its own');
  }
  for (const name of ['JWT_SECRET', 'SESSION_SECRET'] as const) {
    const value = env[name];
    if (production && value !== undefined && isGuessable(value)) {
      faults.push(`${name} is an example or a repeated word; make one with: openssl rand -base64 48`);
    }
  }
  return faults;
};

const isGuessable = (text: string): boolean =>
  /change.?me|example|secret|password/i.test(text) || new Set(text).size < 10;

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
