import { describe, expect, it } from '@jest/globals';
import { expectedFault } from './problem.js';

const failed = (code: string) => new Error('Failed query', { cause: Object.assign(new Error('no'), { code }) });

describe('the response to an error', () => {
  it.each([
    ['text that PostgreSQL cannot store', '22021', 'bad_request'],
    ['a JSON escape that it cannot store', '22P05', 'bad_request'],
    ['a database that is shutting down', '57P01', 'unavailable'],
    ['an invalid statement', '42601', undefined],
  ])('%s', (_, sqlState, code) => {
    expect(expectedFault(failed(sqlState))?.code).toBe(code);
  });
});
