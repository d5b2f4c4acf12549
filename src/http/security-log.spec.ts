import { expect, it } from '@jest/globals';
import { SecurityLog } from './security-log.js';

it('writes one line per refusal, at most fifty per second', () => {
  const lines: Record<string, unknown>[] = [];
  const clock = { now: 0 };
  const log = new SecurityLog({ warn: (fields) => lines.push(fields as Record<string, unknown>) }, () => clock.now);
  for (let n = 0; n < 1_000; n += 1) log.refused({ reason: 'token_invalid', address: '198.51.100.7' });
  expect(lines).toHaveLength(50);
  expect(lines[0]).toEqual({ security: true, reason: 'token_invalid', address: '198.51.100.7' });
  clock.now = 1_000;
  log.refused({ reason: 'forbidden', address: '198.51.100.7' });
  expect(lines[50]).toMatchObject({ reason: 'forbidden', leftOut: 950 });
});
