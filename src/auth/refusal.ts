import { type ErrorCode, ProtocolError } from '@parley/protocol';
import type { Principal } from './principal.js';

const SECOND = 1_000;

/**
 * The error for a refusal by the policy. `removed` says when a new token works: `iat` usually has whole seconds
 * (RFC 7519 §2), so a token from the second of the removal may be older than it and is refused.
 * @param removedAt when the user was removed from the room, ms since the Unix epoch
 */
export const refusalOf = (
  code: ErrorCode,
  principal: Pick<Principal, 'issuedAt'>,
  removedAt: number | undefined,
  now = Date.now(),
): ProtocolError => {
  if (code !== 'removed' || removedAt === undefined) return new ProtocolError(code);
  return new ProtocolError(
    'removed',
    isSameSecond(principal.issuedAt, removedAt)
      ? 'You were removed from this room in the second in which this token was issued; a newer token is required.'
      : undefined,
    waitFor(principal.issuedAt, removedAt, now),
  );
};

/**
 * The error for a token of an account whose tokens were revoked.
 * @param validAfter the earliest valid `iat`, ms since the Unix epoch; Infinity: the account no longer exists
 */
export const revokedToken = ({ issuedAt }: Pick<Principal, 'issuedAt'>, validAfter: number, now = Date.now()) =>
  new ProtocolError(
    'token_invalid',
    "The account's tokens were revoked after this one was issued; log in again.",
    waitFor(issuedAt, validAfter, now),
  );

/** How long until a token with the precision of this one is not older; nothing if that is now, or never. */
const waitFor = (issuedAt: number, after: number, now: number): { readonly retryAfterMs?: number } => {
  const earliest = isWholeSecond(issuedAt) ? Math.ceil(after / SECOND) * SECOND : after;
  return earliest > now && Number.isFinite(earliest) ? { retryAfterMs: Math.ceil(earliest - now) } : {};
};

const isWholeSecond = (time: number): boolean => time % SECOND === 0;

const isSameSecond = (issuedAt: number, time: number): boolean =>
  isWholeSecond(issuedAt) && issuedAt === Math.floor(time / SECOND) * SECOND;
