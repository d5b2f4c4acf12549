import { expect, it } from '@jest/globals';
import { ClaimMismatch } from './claim-mismatch.js';

const report = (production: boolean) => {
  const lines: string[] = [];
  const clock = { now: 0 };
  const expected = { issuer: 'https://issuer.example', audience: 'calls' };
  const mismatch = new ClaimMismatch(expected, production, { warn: (line) => void lines.push(line) }, () => clock.now);
  return { mismatch, lines, clock };
};

it('names claim, setting and values in the log, and claim and setting in the response of development', () => {
  const { mismatch, lines } = report(false);
  expect(mismatch.report('aud', ['account', 'mail'])).toMatchObject({
    code: 'token_invalid',
    message: "The token's aud claim does not match JWT_AUDIENCE.",
  });
  expect(mismatch.report('iss', undefined).message).toBe("The token's iss claim does not match JWT_ISSUER.");
  expect(lines).toEqual([
    expect.stringContaining('aud claim is ["account","mail"], and JWT_AUDIENCE is "calls"'),
    expect.stringContaining('iss claim is missing, and JWT_ISSUER is "https://issuer.example"'),
  ]);
});

it('tells a client of production nothing', () => {
  expect(report(true).mismatch.report('iss', 'x').message).toBe('The token is invalid.');
});

it('writes one line per claim and ten seconds, of bounded length', () => {
  const { mismatch, lines, clock } = report(true);
  for (let n = 0; n < 100; n += 1) mismatch.report('iss', 'x'.repeat(4_000));
  expect([lines.length, (lines[0] as string).length < 400]).toEqual([1, true]);
  clock.now += 10_000;
  mismatch.report('iss', 'y');
  expect(lines).toHaveLength(2);
});
