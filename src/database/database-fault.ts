import { chainOf, DatabaseBusy, isDatabaseLost, isStartupParameterRefused } from './database-errors.js';

/** Why the database is unavailable: for `/health/ready`, which anyone may read. */
export type DatabaseFault =
  | 'startup_parameter_refused'
  | 'authentication_failed'
  | 'no_such_database'
  | 'too_many_connections'
  | 'starting_or_stopping'
  | 'read_only'
  | 'tls_failed'
  | 'queue_full'
  | 'timeout'
  | 'unreachable'
  | 'other';

/** By SQLSTATE, or by the code of the system or of TLS. */
const CODES: readonly (readonly [RegExp, DatabaseFault])[] = [
  [/^28/, 'authentication_failed'],
  [/^3D000$/, 'no_such_database'],
  [/^53300$/, 'too_many_connections'],
  [/^57P0[1-5]$/, 'starting_or_stopping'],
  [/^25006$/, 'read_only'],
  [/CERT|^ERR_TLS|^ERR_SSL/, 'tls_failed'],
  [/^(?:ETIMEDOUT|57014)$/, 'timeout'],
  [/^E[A-Z_]+$/, 'unreachable'],
];

/** By message: PgBouncer gives most of its own errors one SQLSTATE, and the driver gives its errors none. */
const MESSAGES: readonly (readonly [RegExp, DatabaseFault])[] = [
  [/authentication failed|no such user/i, 'authentication_failed'],
  [/no such database/i, 'no_such_database'],
  [/no more connections allowed/i, 'too_many_connections'],
  [/does not support SSL|SSL required/i, 'tls_failed'],
  [/timeout/i, 'timeout'],
  [/Connection terminated|server login|connection error/i, 'unreachable'],
];

/** Why the database is unavailable; undefined: it answered, even if with an error. */
export const databaseFault = (error: unknown): DatabaseFault | undefined => {
  if (chainOf(error).some((fault) => fault instanceof DatabaseBusy)) return 'queue_full';
  if (isStartupParameterRefused(error)) return 'startup_parameter_refused';
  const chain = chainOf(error).flatMap((fault) => (Array.isArray(fault.errors) ? [...fault.errors, fault] : [fault]));
  // The errors of PgBouncer have one SQLSTATE: their message says more.
  for (const { code, message } of chain) {
    const found =
      CODES.find(([pattern]) => pattern.test(String(code ?? ''))) ??
      (code === undefined || code === '08P01'
        ? MESSAGES.find(([pattern]) => pattern.test(String(message)))
        : undefined);
    if (found !== undefined) return found[1];
  }
  return isDatabaseLost(error) ? 'other' : undefined;
};

/** An error's message for operators: that of its innermost cause, because Drizzle's own is the query. */
export const messageOf = (error: unknown): string => {
  const last = chainOf(error).at(-1);
  const [first] = Array.isArray(last?.errors) ? last.errors : [];
  return String(last?.message || first?.message || last?.code || error);
};
