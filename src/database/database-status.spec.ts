import { expect, it } from '@jest/globals';
import { DrizzleQueryError } from 'drizzle-orm';
import { DatabaseBusy } from './database-errors.js';
import { databaseFault } from './database-fault.js';
import { DatabaseStatus } from './database-status.js';

const failure = (message: string, code?: string) => Object.assign(new Error(message), { code });

const FAULTS: readonly (readonly [Error, string | undefined])[] = [
  [failure('unsupported startup parameter: statement_timeout', '08P01'), 'startup_parameter_refused'],
  [failure('password authentication failed for user "parley"', '28P01'), 'authentication_failed'],
  [failure('SASL authentication failed', '08P01'), 'authentication_failed'],
  [failure('database "x" does not exist', '3D000'), 'no_such_database'],
  [failure('no such database: x', '08P01'), 'no_such_database'],
  [failure('sorry, too many clients already', '53300'), 'too_many_connections'],
  [failure('the database system is starting up', '57P03'), 'starting_or_stopping'],
  [failure('cannot execute UPDATE in a read-only transaction', '25006'), 'read_only'],
  [failure('self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls_failed'],
  [failure('The server does not support SSL connections'), 'tls_failed'],
  [failure('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'), 'unreachable'],
  [new AggregateError([failure('connect ECONNREFUSED ::1:5432', 'ECONNREFUSED')], ''), 'unreachable'],
  [failure('timeout exceeded when trying to connect'), 'timeout'],
  [failure('Query read timeout'), 'timeout'],
  [new DatabaseBusy('500 queries already wait'), 'queue_full'],
  [failure('duplicate key value violates unique constraint', '23505'), undefined],
  [failure('canceling statement due to lock timeout', '55P03'), undefined],
];

it.each(FAULTS.map(([error, fault]) => [error.message || 'an error per address', fault, error] as const))(
  '%s is %s, also as the cause of a failed query',
  (_, fault, error) => {
    expect(databaseFault(error)).toBe(fault);
    expect(databaseFault(new DrizzleQueryError('select 1', [], error))).toBe(fault);
  },
);

it('logs the cause of an outage once, its end once, and never the query or its values', () => {
  const lines: string[] = [];
  const status = new DatabaseStatus({ warn: (line) => lines.push(line) });
  status.report();
  const refused = failure('unsupported startup parameter: statement_timeout', '08P01');
  for (let n = 0; n < 3; n += 1) status.report(new DrizzleQueryError('select $1', ['s3cret'], refused));
  expect(status.fault).toBe('startup_parameter_refused');
  status.report(failure('connect ECONNREFUSED', 'ECONNREFUSED'));
  // An answer, even if it is an error.
  status.report(failure('duplicate key', '23505'));
  expect(status.fault).toBeUndefined();
  expect(lines).toEqual([
    expect.stringContaining('startup_parameter_refused'),
    expect.stringContaining('unreachable'),
    'Database available again.',
  ]);
  expect(lines[0]).toContain('unsupported startup parameter: statement_timeout');
  expect(lines.join()).not.toMatch(/s3cret|select/);
});
