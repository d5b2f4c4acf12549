import { expect, it } from '@jest/globals';
import { faultsIn } from '../../scripts/audit.mjs';

it("reports the vulnerabilities in a registry's answer", () => {
  const report = { vulnerabilities: { ws: { name: 'ws', severity: 'high', range: '<8.17.1' } }, metadata: {} };
  expect(faultsIn(JSON.stringify(report))).toEqual(['ws <8.17.1: high']);
  expect(faultsIn(JSON.stringify({ vulnerabilities: {}, metadata: {} }))).toEqual([]);
});

it.each(['', 'npm error', '{"message":"405 Method Not Allowed"}', '{"error":{"code":"ENOTFOUND"}}', 'null'])(
  'treats a malformed answer as no answer: %j',
  (text) => {
    expect(faultsIn(text)).toBeUndefined();
  },
);
