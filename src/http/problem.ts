import { HttpException } from '@nestjs/common';
import { ERRORS, type ErrorCode, ProtocolError } from '@parley/protocol';
import { BusUnavailable } from '../bus/bus.js';
import { isDatabaseLost, isTextRefused } from '../database/database-errors.js';
import { PresenceUnavailable } from '../presence/presence.js';

/** RFC 9457 problem details. `code` is stable; title and detail are for people. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** Error codes for the statuses of Fastify, Nest and Node. */
const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'bad_request',
  413: 'payload_too_large',
  414: 'bad_request',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'unavailable',
};

/** The error code of a bare status. */
export const codeOfStatus = (status: number): ErrorCode =>
  BY_STATUS[status] ?? (status < 500 ? 'bad_request' : 'internal');

const RETRY_MS = 2_000;

/** Maps an error to an expected failure; undefined: a bug in Parley. */
export const expectedFault = (error: unknown): ProtocolError | undefined => {
  if (error instanceof ProtocolError) return error;
  if (error instanceof PresenceUnavailable || error instanceof BusUnavailable || isDatabaseLost(error)) {
    return new ProtocolError('unavailable', undefined, { retryAfterMs: RETRY_MS });
  }
  // Fallback for fields whose validation misses text that PostgreSQL cannot store.
  if (isTextRefused(error)) return new ProtocolError('bad_request');
  // Their messages may echo client input, so the error table's text is sent instead.
  if (error instanceof HttpException) {
    const code = BY_STATUS[error.getStatus()] ?? (error.getStatus() < 500 ? 'bad_request' : undefined);
    return code === undefined ? undefined : new ProtocolError(code);
  }
  return undefined;
};

/** The problem of an error code, with its default detail. */
export const problemOf = (code: ErrorCode, requestId: string): Problem => toProblem(new ProtocolError(code), requestId);

/** The problem of an error. */
export const toProblem = ({ code, message, details }: ProtocolError, requestId: string): Problem => ({
  type: `urn:parley:error:${code}`,
  title: ERRORS[code].message,
  status: ERRORS[code].status,
  code,
  detail: message,
  requestId,
  ...(details.errors === undefined ? {} : { errors: details.errors }),
});
