import { describe, expect, it } from '@jest/globals';
import { expectedFault } from './problem.js';

const failed = (code: string) => new Error('Failed query', { cause: Object.assign(new Error('no'), { code }) });

describe('what an error is answered with', () => {
  it.each([
    ['text that PostgreSQL cannot hold', '22021', 'bad_request'],
    ['an escape in JSON that it cannot hold', '22P05', 'bad_request'],
    ['a database that is shutting down', '57P01', 'unavailable'],
    ['a statement of ours that is wrong', '42601', undefined],
  ])('%s', (_, sqlState, code) => {
    expect(expectedFault(failed(sqlState))?.code).toBe(code);
  });
});
