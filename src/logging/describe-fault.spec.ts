import { Writable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { DrizzleQueryError } from 'drizzle-orm';
import { describeFault } from './describe-fault.js';
import { createLogger, NestLogger } from './logging.module.js';

const SECRET = 'hunter2';
const rejected = Object.assign(new Error(`invalid input syntax for type uuid: "${SECRET}"`), {
  severity: 'ERROR',
  code: '22P02',
  detail: `Key (name)=(${SECRET}) already exists.`,
});
const failed = new DrizzleQueryError('select 1 where name = $1', [SECRET], rejected);

it('describes an error with its causes, and leaves out the values of a query', () => {
  const text = describeFault(failed);
  expect(text).toContain('Failed query: select 1 where name = $1');
  expect(text).toContain('caused by Error: PostgreSQL error 22P02');
  expect(text).not.toContain(SECRET);
});

it('describes a thrown value that is no error by its type alone', () => {
  expect(describeFault(SECRET)).toBe('string');
});

it('describes every logged error, however it is passed to the logger', () => {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += String(chunk);
      done();
    },
  });
  const logger = createLogger({ logLevel: 'debug', nodeName: 'a' }, stream);
  const nest = new NestLogger(logger);
  nest.booting = false;
  logger.error(failed, 'a message');
  logger.fatal(failed, 'uncaughtException');
  logger.warn({ err: failed }, 'a message');
  logger.warn({ reason: failed }, 'a message');
  nest.error(failed);
  nest.error('a message', failed);
  nest.warn(failed);
  const lines = written.trim().split('\n');
  expect(lines).toHaveLength(7);
  for (const line of lines) {
    expect(line).toContain('Failed query: select 1 where name = $1');
    expect(line).not.toContain(SECRET);
  }
});
