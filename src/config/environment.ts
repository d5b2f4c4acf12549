import { isIP } from 'node:net';
import { DEFAULT_LIMITS } from '@parley/protocol';
import { z } from 'zod';
import { isIceUrl } from './ice-urls.js';
import { parseAllowedOrigin } from './origins.js';

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  );
const count = (fallback: number, min = 1, max = 1_000_000_000) => {
  const error = `must be an integer from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error }).default(fallback);
};
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const iceUrls = (example: string, ...schemes: string[]) =>
  list.refine(
    (urls) => urls.every((text) => schemes.some((scheme) => text.startsWith(`${scheme}:`)) && isIceUrl(text)),
    { message: `must be ${schemes.join(': or ')}: URLs such as ${example}, separated by commas` },
  );
const url = (...schemes: string[]) =>
  z.string().refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}:`)), {
    message: `must begin with ${schemes.map((scheme) => `${scheme}:`).join(' or ')}`,
  });
const secret = z.string().refine((text) => Buffer.byteLength(text) >= 32, { message: 'must have at least 32 bytes' });

const isProxy = (name: string): boolean => {
  if (name === 'loopback' || name === 'private') return true;
  const [address = '', bits, ...more] = name.split('/');
  const max = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return max > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= max));
};

/** The environment variables: format, bounds and default of each. */
export const ENVIRONMENT = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: count(3000, 0, 65_535),
  HOST: z.string().default('0.0.0.0'),
  NODE_ID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}$/, 'must be 1 to 63 of A-Z a-z 0-9 _ -')
    .default('node'),
  FAST_PATHS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  ALLOWED_ORIGINS: list
    .refine((entries) => entries.every((entry) => parseAllowedOrigin(entry) !== undefined), {
      message: 'must be origins such as https://app.example or http://localhost:5173, https://*.example.com, or *',
    })
    .transform((entries) => entries.map((entry) => parseAllowedOrigin(entry) as string)),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: url('postgres', 'postgresql').optional(),
  DATABASE_DIRECT_URL: url('postgres', 'postgresql').optional(),
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
  JWT_TOP_LEVEL_CLAIMS: z.enum(['true', 'false']).default('false'),
  ACCESS_TOKEN_SECONDS: count(900, 10),
  GUEST_TOKEN_SECONDS: count(3_600, 10),
  REFRESH_TOKEN_SECONDS: count(30 * 86_400, 60),
  STUN_URLS: iceUrls('stun:stun.example.org:3478, without a query', 'stun', 'stuns'),
  TURN_URLS: iceUrls('turn:turn.example.org:3478?transport=udp', 'turn', 'turns'),
  TURN_SECRET: z.string().min(16).optional(),
  TURN_CREDENTIAL_SECONDS: count(900, 10, 3_600),
  MAX_FRAME_BYTES: count(DEFAULT_LIMITS.maxFrameBytes, 1_024, 1_048_576),
  MAX_HEADER_BYTES: count(DEFAULT_LIMITS.maxHeaderBytes, 1_024, 65_536),
  MAX_META_BYTES: count(DEFAULT_LIMITS.maxMetaBytes, 64, 65_536),
  MAX_CHAT_BYTES: count(DEFAULT_LIMITS.maxChatBytes, 64, 65_536),
  MAX_ROOMS_PER_SESSION: count(DEFAULT_LIMITS.maxRoomsPerSession, 1, 1_000),
  MAX_PARTICIPANTS_PER_ROOM: count(DEFAULT_LIMITS.maxParticipantsPerRoom, 2, 10_000),
  MAX_PENDING_FRAMES: count(DEFAULT_LIMITS.maxPendingFrames, 1, 10_000),
  BYTE_BURST: count(DEFAULT_LIMITS.byteBurst, 65_536),
  BYTES_PER_SECOND: count(DEFAULT_LIMITS.bytesPerSecond, 1_024),
  FRAME_BURST: count(DEFAULT_LIMITS.frameBurst),
  FRAMES_PER_SECOND: count(DEFAULT_LIMITS.framesPerSecond),
  CHAT_BURST: count(DEFAULT_LIMITS.chatBurst),
  CHATS_PER_SECOND: count(DEFAULT_LIMITS.chatsPerSecond),
  BROADCAST_BURST: count(DEFAULT_LIMITS.broadcastBurst),
  BROADCASTS_PER_SECOND: count(DEFAULT_LIMITS.broadcastsPerSecond),
  REQUEST_BURST: count(DEFAULT_LIMITS.requestBurst),
  REQUESTS_PER_SECOND: count(DEFAULT_LIMITS.requestsPerSecond),
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
  ROOM_CHECK_MS: count(5_000, 100, 60_000),
  GRANTED_ROOM_EMPTY_DAYS: count(30, 0, 36_500),
  MAX_PEERS_PER_USER: count(5),
  MAX_ROOMS_PER_USER: count(50),
  MAX_GRANTED_ROOMS_PER_USER: count(1_000),
  AUDIT_DAYS: count(90, 1, 36_500),
  AUDIT_MAX_ROWS: count(1_000_000, 1_000),
  AUDIT_MAX_ROWS_PER_ACTOR: count(1_000, 10),
  REMOVAL_DAYS: count(30, 1, 36_500),
  MESSAGE_DAYS: count(0, 0, 36_500),
  ADMIN_USERS: list.refine((users) => users.every((user) => user.length <= 128), {
    message: 'must be user ids, separated by commas',
  }),
  HANDSHAKE_BURST: count(1_000),
  HANDSHAKES_PER_SECOND: count(500),
  TRUSTED_PROXIES: list.refine((names) => names.every(isProxy), {
    message: 'must be addresses, ranges such as 10.0.0.0/8, loopback, or private',
  }),
  API_DOCS: z.enum(['on', 'off'], { error: 'must be on or off' }).default('on'),
  MAX_HTTP_HEADER_BYTES: count(16_384, 8_192, 65_536),
  KEEP_ALIVE_SECONDS: count(72, 1, 3_600),
  REQUIRE_TLS: z.enum(['true', 'false']).default('false'),
  MAX_SOCKETS_PER_ADDRESS: count(1_000),
  MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: count(20),
  MAX_UNAUTHENTICATED_SOCKETS: count(2_000),
  MAX_SOCKETS_PER_USER: count(20),
  ADDRESS_FRAME_BURST: count(50_000),
  ADDRESS_FRAMES_PER_SECOND: count(10_000),
  USER_FRAME_BURST: count(5_000),
  USER_FRAMES_PER_SECOND: count(1_000),
  REGISTER_BURST: count(200),
  REGISTERS_PER_MINUTE: count(20),
  LOGIN_BURST: count(300),
  LOGINS_PER_MINUTE: count(120),
  GUEST_BURST: count(200),
  GUESTS_PER_MINUTE: count(60),
  REFRESH_BURST: count(300),
  REFRESHES_PER_MINUTE: count(300),
  USER_REQUEST_BURST: count(300),
  USER_REQUESTS_PER_SECOND: count(30),
  SEARCH_BURST: count(30),
  SEARCHES_PER_MINUTE: count(60),
  ROOM_DELIVERY_BURST: count(20_000),
  ROOM_DELIVERIES_PER_SECOND: count(10_000),
  ADDRESS_REQUEST_BURST: count(2_000),
  ADDRESS_REQUESTS_PER_SECOND: count(500),
  METRICS_BURST: count(100),
  METRICS_PER_SECOND: count(10),
  MAX_BRIDGE_FRAME_BYTES: count(262_144, 1_024, 1_048_576),
  MAX_TOPIC_BYTES: count(512, 16, 4_096),
  MAX_TOPICS_PER_SOCKET: count(1_024, 1, 10_000),
  MAX_TOPICS_BYTES_PER_SOCKET: count(786_432, 4_096),
  MAX_TOPICS_PER_ADDRESS: count(5_000),
  MAX_TOPICS_PER_USER: count(5_000),
  MAX_TOPICS: count(20_000),
  MAX_TOPICS_BYTES: count(33_554_432, 65_536),
});

/** The validated environment variables. */
export type Environment = z.infer<typeof ENVIRONMENT>;
