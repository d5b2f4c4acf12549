import { ProtocolError } from '@parley/protocol';
import { hasDuplicateNames } from './unique-names.js';

/** The media types of an access token, without `application/` (RFC 7519 §5.1, RFC 9068 §2.1). */
const ACCESS_TOKEN_TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt']);

/**
 * Refuses tokens that were signed for another purpose, by their `typ` header (RFC 8725 §3.11), and tokens with
 * duplicate names in header or claims (RFC 7519 §4).
 * @param token a token whose signature was verified
 * @param typ its `typ` header; undefined: an access token
 * @throws ProtocolError `token_invalid`
 */
export const requireAccessTokenFormat = (token: string, typ: unknown): void => {
  if (typ !== undefined && !isAccessTokenType(typ)) {
    throw new ProtocolError('token_invalid', "The token's typ header is not that of an access token.");
  }
  const [header = '', claims = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  if (hasDuplicateNames(header) || hasDuplicateNames(claims)) {
    throw new ProtocolError('token_invalid', 'The token has a duplicate name in its header or claims.');
  }
};

/** RFC 7515 §4.1.9: media types ignore case, and issuers may leave out `application/`. */
const isAccessTokenType = (typ: unknown): boolean =>
  typeof typ === 'string' && ACCESS_TOKEN_TYPES.has(typ.toLowerCase().replace(/^application\//, ''));
