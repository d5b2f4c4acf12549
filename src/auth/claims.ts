import { hash } from 'node:crypto';
import { ProtocolError, ROLES, type Role, type UserId } from '@parley/protocol';
import { isUserId } from '../users/user-id.js';
import type { Principal } from './principal.js';

/** Tolerated clock difference between issuer and server, in seconds. */
export const LEEWAY_SECONDS = 30;

/** Maximum length of a token in bytes; longer ones are refused unparsed. */
export const MAX_TOKEN_BYTES = 4_096;

const MAX_GRANTS = 100;
const MAX_NAME = 64;
const KNOWN_ROLES: ReadonlySet<unknown> = new Set(ROLES);
const GRANT_PATTERN = /^(?:[A-Za-z0-9_-]{1,64}\*?|\*)$/;
/** Control characters, surrogates and bidirectional controls. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Who signed a token, and where its claims for Parley are. */
export interface ClaimSource {
  /** `own`: Parley's secret. Only Parley's own tokens may claim `kind: account`. */
  readonly issuer: 'own' | 'outside';
  /** True: a token without a `parley` claim has `name`, `kind` and `rooms` at the top level. */
  readonly topLevelClaims: boolean;
}

/** The claims of Parley's own tokens. */
export const OWN: ClaimSource = { issuer: 'own', topLevelClaims: true };

/**
 * Reads the claims of a token whose signature, issuer and audience were checked (RFC 7519 §4, RFC 8725 §3). Claims that
 * Parley does not define are ignored, whatever they are named (RFC 7519 §4).
 * @throws ProtocolError `token_invalid`, `token_expired`
 */
export const readClaims = (
  claims: Readonly<Record<string, unknown>>,
  token: string,
  source: ClaimSource,
  now: number,
): Principal => {
  const { sub, exp, nbf, iat, jti, typ } = claims;
  if (!isUserId(sub)) throw invalid('sub');
  // `access` tells Parley's access tokens from older formats; other issuers give `typ` another meaning ("Bearer").
  if (source.issuer === 'own' && typ !== undefined && typ !== 'access') throw invalid('typ');
  if (typeof exp !== 'number' || !Number.isSafeInteger(exp)) throw invalid('exp');
  if (!isMoment(iat) || iat * 1000 > now + LEEWAY_SECONDS * 1000) throw invalid('iat');
  if (nbf !== undefined && (!isMoment(nbf) || nbf * 1000 > now + LEEWAY_SECONDS * 1000)) throw invalid('nbf');
  if (jti !== undefined && (typeof jti !== 'string' || jti.length < 1 || jti.length > 128)) throw invalid('jti');
  const { name, kind, rooms, prefix } = parleyClaims(claims, source);
  if (name !== undefined && name !== null && typeof name !== 'string') throw invalid(`${prefix}name`);
  const principal: Principal = {
    user: sub as UserId,
    name: readName(name ?? undefined, sub),
    kind: readKind(kind, source.issuer, prefix),
    ...readGrants(rooms, prefix),
    issuedAt: Math.round(iat * 1000),
    expiresAt: exp * 1000,
    tokenId: jti ?? hash('sha256', token, 'base64url'),
  };
  if (exp * 1000 + LEEWAY_SECONDS * 1000 <= now) throw new ProtocolError('token_expired');
  return principal;
};

interface ParleyClaims {
  readonly name?: unknown;
  readonly kind?: unknown;
  readonly rooms?: unknown;
  /** Of the claims' names in messages. */
  readonly prefix: string;
}

/** The claims that Parley defines: in `parley`, or at the top level of its own tokens. */
const parleyClaims = (claims: Readonly<Record<string, unknown>>, { topLevelClaims }: ClaimSource): ParleyClaims => {
  const { parley } = claims;
  // Elsewhere only `name` means the same (OpenID Connect Core 1.0 §5.1), if it is a text.
  const name = typeof claims.name === 'string' ? claims.name : undefined;
  if (parley === undefined) {
    return topLevelClaims
      ? { name: claims.name, kind: claims.kind, rooms: claims.rooms, prefix: '' }
      : { name, prefix: '' };
  }
  if (!isRecord(parley)) throw invalid('parley');
  return { name: parley.name ?? name, kind: parley.kind, rooms: parley.rooms, prefix: 'parley.' };
};

const isMoment = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e11;

const readName = (name: string | undefined, fallback: string): string => {
  const tidy = name?.normalize('NFC').trim() ?? '';
  if (tidy === '' || UNPRINTABLE.test(tidy)) return fallback.slice(0, MAX_NAME);
  return [...tidy].slice(0, MAX_NAME).join('');
};

const readKind = (kind: unknown, issuer: ClaimSource['issuer'], prefix: string): Principal['kind'] => {
  if (kind === undefined || kind === 'external') return 'external';
  if (kind === 'guest') return 'guest';
  if (kind === 'account' && issuer === 'own') return 'account';
  throw invalid(`${prefix}kind`);
};

type Grants = Pick<Principal, 'grants' | 'guestRooms'>;

const NO_GRANTS: Grants = Object.freeze({ grants: Object.freeze({}) });

/** Each value is a role, or `{"role": …, "guests": true}`: then guests may enter a room that this grant creates. */
const readGrants = (rooms: unknown, prefix: string): Grants => {
  if (rooms === undefined) return NO_GRANTS;
  if (!isRecord(rooms)) throw invalid(`${prefix}rooms`);
  const entries = Object.entries(rooms);
  if (entries.length > MAX_GRANTS) throw invalid(`${prefix}rooms`);
  const roles: [string, Role][] = [];
  const guestRooms: string[] = [];
  for (const [room, value] of entries) {
    const { role, guests = false, ...unexpected } = isRecord(value) ? value : { role: value };
    const isValid =
      GRANT_PATTERN.test(room) &&
      KNOWN_ROLES.has(role) &&
      typeof guests === 'boolean' &&
      Object.keys(unexpected).length === 0;
    if (!isValid) throw invalid(`${prefix}rooms`);
    roles.push([room, role as Role]);
    if (guests) guestRooms.push(room);
  }
  return { grants: Object.freeze(Object.fromEntries(roles)), ...(guestRooms.length > 0 && { guestRooms }) };
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names the claim, never its value. */
const invalid = (claim: string) => new ProtocolError('token_invalid', `The token's ${claim} claim is not valid.`);
