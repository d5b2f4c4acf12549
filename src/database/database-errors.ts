import { ProtocolError } from '@parley/protocol';

/** The queue for connections is full. */
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

/** Messages of driver errors that have no code. */
const DRIVER =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|timeout expired)/;

/** An error of the driver or the system, identified by shape: it may be another realm's Error. */
export interface Fault {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const MAX_DEPTH = 5;

/** An error and its chain of causes. */
export const chainOf = (error: unknown): Fault[] => {
  const chain: Fault[] = [];
  for (let cause = error; typeof cause === 'object' && cause !== null && chain.length < MAX_DEPTH; ) {
    chain.push(cause);
    cause = (cause as Fault).cause;
  }
  return chain;
};

/** Whether an error or one of its causes means that the database is unavailable. */
export const isDatabaseLost = (error: unknown): boolean =>
  chainOf(error).some(
    (fault) =>
      fault instanceof DatabaseBusy ||
      (typeof fault.message === 'string' && DRIVER.test(fault.message)) ||
      (typeof fault.code === 'string' && (SOCKET.has(fault.code) || NOT_NOW.test(fault.code))) ||
      // An AggregateError has one error per address of a host name.
      (Array.isArray(fault.errors) && fault.errors.some((part) => isDatabaseLost(part))),
  );

/** Whether a statement timed out while the server may still execute it: its connection cannot be reused. */
export const isUnanswered = (error: unknown): boolean =>
  chainOf(error).some(({ message }) => typeof message === 'string' && message.startsWith('Query read timeout'));

/** Whether a pooler refused a connection because of a parameter, such as `statement_timeout`. */
export const isStartupParameterRefused = (error: unknown): boolean =>
  chainOf(error).some(({ message }) => typeof message === 'string' && /unsupported startup parameter/.test(message));

/** Whether a statement violated the unique index or constraint of this name. */
export const breaksUnique = (error: unknown, constraint: string): boolean => breaks(error, '23505', constraint);

/** Whether a lock was not granted within `lock_timeout`. */
export const isLockedOut = (error: unknown): boolean => breaks(error, '55P03');

/** Whether a statement contained text that PostgreSQL cannot store, such as U+0000 (SQLSTATE 22021, 22P05). */
export const isTextRefused = (error: unknown): boolean => breaks(error, '22021') || breaks(error, '22P05');

const breaks = (error: unknown, sqlState: string, constraint?: string): boolean =>
  chainOf(error).some(
    (fault) => fault.code === sqlState && (constraint === undefined || fault.constraint === constraint),
  );

/**
 * Awaits a query and maps an unavailable database, or a lock that was not granted, to an error for clients.
 * @throws ProtocolError `unavailable`
 */
export const orUnavailable = async <T>(query: Promise<T>): Promise<T> => {
  try {
    return await query;
  } catch (error) {
    if (isDatabaseLost(error) || isLockedOut(error))
      throw new ProtocolError('unavailable', undefined, { retryAfterMs: 2_000 });
    throw error;
  }
};
