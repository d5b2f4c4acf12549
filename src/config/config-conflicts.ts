import type { Environment } from './environment.js';

/** Maximum duration of a Redis command. */
const REDIS_COMMAND_MS = 500;

/** Size of a header without its longest field: a token, ids and JSON syntax. */
const HEADER_OVERHEAD = 6_144;
/** Size of a participant without its meta. */
const PARTICIPANT_BYTES = 512;
const MAX_ROSTER_BYTES = 4 * 1024 * 1024;

/** Finds combinations of valid settings that would cause harm. @returns one message per conflict */
export const configConflicts = (env: Environment, production: boolean): string[] => {
  const faults: string[] = [];
  if (env.REDIS_URL !== undefined && env.DATABASE_URL === undefined) {
    faults.push(
      'REDIS_URL without DATABASE_URL: replicas that share a Redis must also share a PostgreSQL, or each would have separate accounts and rooms',
    );
  }
  if (env.REDIS_URL !== undefined && env.JWT_SECRET === undefined && env.JWT_JWKS_URL === undefined) {
    faults.push('REDIS_URL without JWT_SECRET or JWT_JWKS_URL: replicas must trust the same tokens');
  }
  if (env.JWT_JWKS_URL !== undefined && env.REDIS_URL !== undefined && env.SESSION_SECRET === undefined) {
    faults.push('JWT_JWKS_URL with REDIS_URL needs SESSION_SECRET: replicas must derive the same session ids');
  }
  if (env.TURN_URLS.length > 0 && env.TURN_SECRET === undefined) {
    faults.push("TURN_URLS without TURN_SECRET: set it to coturn's static-auth-secret");
  }
  if (env.TURN_URLS.length > 0 && env.TURN_CREDENTIAL_SECONDS * 1000 < 8 * env.HEARTBEAT_MS) {
    faults.push(
      'TURN_CREDENTIAL_SECONDS must be at least eight times HEARTBEAT_MS: credentials are renewed by heartbeat',
    );
  }
  if (env.NODE_LEASE_MS <= 2 * env.NODE_RENEW_MS + 2 * REDIS_COMMAND_MS) {
    faults.push(
      'NODE_LEASE_MS must be more than twice NODE_RENEW_MS plus one second, or slow renewals cost live nodes their lease',
    );
  }
  if (env.NODE_SWEEP_MS > env.NODE_LEASE_MS) faults.push('NODE_SWEEP_MS must not be more than NODE_LEASE_MS');
  faults.push(...contradictions(env));
  if (env.DRAIN_GRACE_MS + env.DRAIN_SPREAD_MS > env.DRAIN_DEADLINE_MS) {
    faults.push('DRAIN_DEADLINE_MS must be at least DRAIN_GRACE_MS plus DRAIN_SPREAD_MS');
  }
  if (env.REMOVAL_DAYS * 86_400 < Math.max(env.ACCESS_TOKEN_SECONDS, env.GUEST_TOKEN_SECONDS)) {
    faults.push(
      'REMOVAL_DAYS must be longer than the lifetime of tokens, or a token issued before a removal becomes valid again',
    );
  }
  if (env.REQUIRE_TLS === 'true' && env.TRUSTED_PROXIES.length === 0) {
    faults.push(
      'REQUIRE_TLS without TRUSTED_PROXIES has no effect: only a trusted proxy says by X-Forwarded-Proto whether a request came with TLS',
    );
  }
  if (env.SILENCE_MS < 2 * env.HEARTBEAT_MS) faults.push('SILENCE_MS must be at least twice HEARTBEAT_MS');
  if (production && env.DATABASE_URL !== undefined && env.JWT_SECRET === undefined && env.JWT_JWKS_URL === undefined) {
    faults.push('JWT_SECRET is missing: production with DATABASE_URL requires JWT_SECRET or JWT_JWKS_URL');
  }
  for (const name of ['JWT_SECRET', 'SESSION_SECRET', 'TURN_SECRET'] as const) {
    const value = env[name];
    if (production && value !== undefined && isGuessable(value)) {
      faults.push(`${name} is guessable; generate one with: openssl rand -base64 48`);
    }
  }
  return faults;
};

/** Finds limits that make another limit unreachable. JSON may escape one byte of text as six characters. */
const contradictions = (env: Environment): string[] => {
  const faults: string[] = [];
  if (env.MAX_HEADER_BYTES < 6 * Math.max(env.MAX_CHAT_BYTES, env.MAX_META_BYTES) + HEADER_OVERHEAD) {
    faults.push('MAX_HEADER_BYTES must be at least six times MAX_CHAT_BYTES and MAX_META_BYTES, plus 6 KiB');
  }
  if (env.MAX_FRAME_BYTES < env.MAX_HEADER_BYTES) faults.push('MAX_FRAME_BYTES must not be less than MAX_HEADER_BYTES');
  if (env.BYTE_BURST < env.MAX_FRAME_BYTES) faults.push('BYTE_BURST must not be less than MAX_FRAME_BYTES');
  if (env.BYTE_BURST < env.MAX_BRIDGE_FRAME_BYTES)
    faults.push('BYTE_BURST must not be less than MAX_BRIDGE_FRAME_BYTES');
  if (env.MAX_PARTICIPANTS_PER_ROOM * (env.MAX_META_BYTES + PARTICIPANT_BYTES) > MAX_ROSTER_BYTES) {
    faults.push('MAX_PARTICIPANTS_PER_ROOM times MAX_META_BYTES allows rosters of more than 4 MiB');
  }
  return faults;
};

const isGuessable = (text: string): boolean =>
  /change.?me|example|secret|password/i.test(text) || new Set(text).size < 10;
