import { CLOSE_CODES } from '@parley/protocol';
import { errorOf, ParleyError, type ParleyErrorCode } from '../errors.js';
import type { SocketEnd } from './signaling-socket.js';

const CODE_OF_CLOSE: Readonly<Record<number, ParleyErrorCode>> = {
  1009: 'payload_too_large',
  [CLOSE_CODES.tokenExpired]: 'token_expired',
  [CLOSE_CODES.unavailable]: 'unavailable',
  [CLOSE_CODES.rateLimited]: 'rate_limited',
  [CLOSE_CODES.badMessage]: 'bad_message',
  [CLOSE_CODES.tokenInvalid]: 'token_invalid',
  [CLOSE_CODES.tokenInUrl]: 'token_in_url',
  [CLOSE_CODES.forbidden]: 'forbidden',
  [CLOSE_CODES.superseded]: 'superseded',
  [CLOSE_CODES.revoked]: 'token_invalid',
  [CLOSE_CODES.binaryNotSupported]: 'bad_message',
};

/** @internal Why a socket ended, as an error: the last error frame if it is about the close, else the close code. */
export const errorOfEnd = ({ code, error }: SocketEnd): ParleyError => {
  const known = CODE_OF_CLOSE[code];
  if (error && (known === undefined || known === error.code || known === 'token_invalid')) return errorOf(error);
  return new ParleyError(known ?? 'network', undefined, { retryAfterMs: error?.retryAfterMs });
};
