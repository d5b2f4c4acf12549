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

/** An error as the driver and the system make it. Known by its shape: it may be of another realm's Error. */
interface Fault {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const DEEPEST = 5;

/** An error, what caused it, and what caused that. */
const chainOf = (error: unknown): Fault[] => {
  const chain: Fault[] = [];
  for (let cause = error; typeof cause === 'object' && cause !== null && chain.length < DEEPEST; ) {
    chain.push(cause);
    cause = (cause as Fault).cause;
  }
  return chain;
};

/** Whether an error, or what caused it, says that the database cannot be asked now. */
export const isDatabaseLost = (error: unknown): boolean =>
  chainOf(error).some(
    (fault) =>
      fault instanceof DatabaseBusy ||
      (typeof fault.message === 'string' && DRIVER.test(fault.message)) ||
      (typeof fault.code === 'string' && (SOCKET.has(fault.code) || NOT_NOW.test(fault.code))) ||
      // One attempt for each address of a name.
      (Array.isArray(fault.errors) && fault.errors.some((part) => isDatabaseLost(part))),
  );

/** Whether a statement was given up while the server may still be at it: nothing else can be asked on its connection. */
export const isUnanswered = (error: unknown): boolean =>
  chainOf(error).some(({ message }) => typeof message === 'string' && message.startsWith('Query read timeout'));

/** Whether a statement broke the unique index or constraint of this name. */
export const breaksUnique = (error: unknown, constraint: string): boolean => breaks(error, '23505', constraint);

/** Whether a lock was waited for longer than `lock_timeout` allows. */
const isLockedOut = (error: unknown): boolean => breaks(error, '55P03');

/** Whether a statement was given text that PostgreSQL cannot hold: U+0000 and its like (SQLSTATE 22021, 22P05). */
export const isTextRefused = (error: unknown): boolean => breaks(error, '22021') || breaks(error, '22P05');

const breaks = (error: unknown, sqlState: string, constraint?: string): boolean =>
  chainOf(error).some(
    (fault) => fault.code === sqlState && (constraint === undefined || fault.constraint === constraint),
  );

/**
 * Awaits a query; a lost database, or a lock that was not to be had, becomes the answer that clients understand.
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
