import { expect, it } from '@jest/globals';
import { LoginThrottle } from './login-throttle.js';

const fails = (throttle: LoginThrottle, times: number, account: string, address: string, now = 0) => {
  for (let n = 0; n < times; n += 1) throttle.attempt(account, address, { now });
};
const refused = (throttle: LoginThrottle, account: string, address: string, now = 0): number | false => {
  try {
    throttle.attempt(account, address, { now })();
    return false;
  } catch (error) {
    return (error as { details: { retryAfterMs: number } }).details.retryAfterMs;
  }
};

it('refuses after ten failures of one account from one address, until the window ends', () => {
  const throttle = new LoginThrottle();
  fails(throttle, 10, 'ada', 'a');
  expect(refused(throttle, 'ada', 'a', 1_000)).toBe(299_000);
  expect(refused(throttle, 'ada', 'b')).toBe(false);
  expect(refused(throttle, 'grace', 'a')).toBe(false);
  expect(refused(throttle, 'ada', 'a', 300_000)).toBe(false);
});

it('counts successful attempts too, up to a limit that only a flood reaches', () => {
  const throttle = new LoginThrottle();
  for (let n = 0; n < 60; n += 1) throttle.attempt('ada', 'a', { now: 0 })();
  expect(refused(throttle, 'ada', 'a')).toBe(300_000);
  expect(refused(throttle, 'ada', 'b')).toBe(false);
  expect(refused(throttle, 'grace', 'a')).toBe(false);
});

it('does not count a success as a failure', () => {
  const throttle = new LoginThrottle();
  for (let n = 0; n < 9; n += 1) throttle.attempt('ada', 'a', { now: 0 })();
  fails(throttle, 9, 'ada', 'a');
  expect(refused(throttle, 'ada', 'a')).toBe(false);
});

it('refuses one password on many accounts, and many addresses on one account', () => {
  const spray = new LoginThrottle();
  for (let n = 0; n < 200; n += 1) fails(spray, 1, `user${n}`, 'a');
  expect(refused(spray, 'another', 'a')).toBeGreaterThan(0);
  const swarm = new LoginThrottle();
  for (let n = 0; n < 100; n += 1) fails(swarm, 1, 'ada', `address${n}`);
  expect(refused(swarm, 'ada', 'fresh')).toBeGreaterThan(0);
});

it('allows ten more attempts from a network that the account logged in from', () => {
  const throttle = new LoginThrottle();
  for (let n = 0; n < 100; n += 1) fails(throttle, 1, 'ada', `address${n}`);
  expect([throttle.isUnderAttack('ada', 0), throttle.isUnderAttack('grace', 0)]).toEqual([true, false]);
  for (let n = 0; n < 10; n += 1) throttle.attempt('ada', 'home', { isKnownNetwork: true, now: 0 });
  expect(() => throttle.attempt('ada', 'home', { isKnownNetwork: true, now: 0 })).toThrow();
  expect(throttle.isUnderAttack('ada', 900_000)).toBe(false);
});

it('keeps a bounded number of windows', () => {
  const throttle = new LoginThrottle();
  for (let n = 0; n < 30_000; n += 1) fails(throttle, 1, `user${n}`, `address${n}`);
  expect(throttle.size).toBe(50_000);
});
