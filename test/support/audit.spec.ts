import { expect, it } from '@jest/globals';
import { faultsIn } from '../../scripts/audit.mjs';

it('finds what a registry knows to be wrong', () => {
  const report = { vulnerabilities: { ws: { name: 'ws', severity: 'high', range: '<8.17.1' } }, metadata: {} };
  expect(faultsIn(JSON.stringify(report))).toEqual(['ws <8.17.1: high']);
  expect(faultsIn(JSON.stringify({ vulnerabilities: {}, metadata: {} }))).toEqual([]);
});

it.each(['', 'npm error', '{"message":"405 Method Not Allowed"}', '{"error":{"code":"ENOTFOUND"}}', 'null'])(
  'takes an answer that is none for none: %j',
  (text) => {
    expect(faultsIn(text)).toBeUndefined();
  },
);
