import { ProtocolError } from '@parley/protocol';

/** More queries wait for a connection than may. */
export class DatabaseBusy extends Error {
  override readonly name = 'DatabaseBusy';
}

/**
 * SQLSTATE classes and codes that mean "not now": connection (08), resources (53), shutdown and cancelled
 * statements (57), serialization and deadlock (40), a standby (25006), a data directory being replaced (58).
 */
const NOT_NOW = /^(?:08...|53...|57P0[1-5]|57014|40001|40P01|25006|58...)$/;

const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOENT',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

/** The driver has no codes for these. */
const DRIVER =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|timeout expired)/;

/** Whether an error, or what caused it, says that the database cannot be asked now. */
export const isDatabaseLost = (error: unknown): boolean => {
  let cause: unknown = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
    if (cause instanceof DatabaseBusy || DRIVER.test(cause.message)) return true;
    const code = (cause as { code?: unknown }).code;
    if (typeof code === 'string' && (SOCKET.has(code) || NOT_NOW.test(code))) return true;
    if (cause instanceof AggregateError && cause.errors.some((part) => isDatabaseLost(part))) return true;
    cause = cause.cause;
  }
  return false;
};

/** Whether a statement broke the unique index or constraint of this name. */
export const breaksUnique = (error: unknown, constraint: string): boolean => breaks(error, '23505', constraint);

/** Whether a row pointed to one that is not there. */
export const breaksForeignKey = (error: unknown): boolean => breaks(error, '23503');

const breaks = (error: unknown, sqlState: string, constraint?: string): boolean => {
  let cause: unknown = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
    const { code, constraint: name } = cause as { code?: unknown; constraint?: unknown };
    if (code === sqlState && (constraint === undefined || name === constraint)) return true;
    cause = cause.cause;
  }
  return false;
};

/**
 * Awaits a query; a lost database becomes the answer that clients understand.
 * @throws ProtocolError `unavailable`
 */
export const orUnavailable = async <T>(query: Promise<T>): Promise<T> => {
  try {
    return await query;
  } catch (error) {
    if (isDatabaseLost(error)) throw new ProtocolError('unavailable', undefined, { retryAfterMs: 2_000 });
    throw error;
  }
};
