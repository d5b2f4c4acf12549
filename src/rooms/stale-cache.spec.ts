import { expect, it } from '@jest/globals';
import { StaleCache } from './stale-cache.js';

const LIMITS = { freshMs: 30, staleMs: 600, retryMs: 2, max: 3 };

const make = () => {
  const clock = { now: 0 };
  return { clock, cache: new StaleCache<string>(LIMITS, () => clock.now) };
};

it('is fresh for a while, then stale for an outage, then gone', () => {
  const { clock, cache } = make();
  cache.begin('a')('x');
  expect(cache.get('a')).toEqual({ value: 'x', fresh: true });
  clock.now = 30;
  expect(cache.get('a')).toEqual({ value: 'x', fresh: false });
  cache.extend('a');
  expect(cache.get('a')).toEqual({ value: 'x', fresh: true });
  clock.now = 32;
  expect(cache.get('a')).toEqual({ value: 'x', fresh: false });
  clock.now = 600;
  expect(cache.get('a')).toBeUndefined();
});

it('counts freshness from the start of the lookup', () => {
  const { clock, cache } = make();
  const keep = cache.begin('a');
  clock.now = 20;
  keep('x');
  expect(cache.get('a')).toEqual({ value: 'x', fresh: true });
  clock.now = 30;
  expect(cache.get('a')).toEqual({ value: 'x', fresh: false });
});

it('serves values from other queries in an outage only, and forgets them too', () => {
  const { cache } = make();
  cache.keepStale('a', 'x');
  expect(cache.get('a')).toEqual({ value: 'x', fresh: false });
  cache.forget('a');
  expect(cache.get('a')).toBeUndefined();
});

it('does not store the answer of a lookup that began before the key was forgotten', () => {
  const { cache } = make();
  const keep = cache.begin('a');
  cache.forget('a');
  keep('old');
  expect(cache.get('a')).toBeUndefined();
});

it('forgets missing values, and matching keys', () => {
  const { cache } = make();
  cache.begin('a 1')('x');
  cache.begin('a 2')('y');
  cache.begin('a 1')(undefined);
  expect(cache.get('a 1')).toBeUndefined();
  cache.begin('b 1')('z');
  cache.forgetWhere((key) => key.startsWith('a '));
  expect([cache.get('a 2'), cache.get('b 1')?.value]).toEqual([undefined, 'z']);
  cache.expireAll();
  expect(cache.get('b 1')).toEqual({ value: 'z', fresh: false });
});

it('keeps a bounded number of entries, the newest', () => {
  const { cache } = make();
  for (const key of ['a', 'b', 'c', 'd']) cache.begin(key)(key);
  expect([cache.size, cache.get('a'), cache.get('d')?.value]).toEqual([3, undefined, 'd']);
});
