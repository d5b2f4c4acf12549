import { expect, it } from '@jest/globals';
import { PasswordHasher, spareThreads } from './password-hasher.js';

const ADA = { address: '192.0.2.1', account: 'ada' };

it('makes Argon2id hashes with the OWASP parameters, each with its own salt', async () => {
  const hasher = new PasswordHasher();
  const [one, two] = await Promise.all([hasher.hash('same', ADA), hasher.hash('same', ADA)]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await hasher.verify(one, 'same', ADA)).toBe(true);
  expect(await hasher.verify(one, 'other', ADA)).toBe(false);
});

it('does the same work for an unknown user, and never succeeds', async () => {
  expect(await new PasswordHasher().verify(undefined, 'nobody has this password', ADA)).toBe(false);
});

it('leaves a processor to signaling and a thread to the rest, and always has one', () => {
  expect([
    spareThreads(1, 4),
    spareThreads(2, 4),
    spareThreads(4, 4),
    spareThreads(64, 4),
    spareThreads(64, 16),
  ]).toEqual([1, 1, 3, 3, 15]);
});

it('queues fifty of one address, refuses the next with a time to try again, and still hashes for another', async () => {
  const hasher = new PasswordHasher();
  const flood = Array.from({ length: 80 }, () => hasher.hash('x', ADA));
  const other = hasher.hash('x', { address: '198.51.100.1', account: 'grace' });
  const refused = (await Promise.allSettled(flood)).filter(({ status }) => status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused as PromiseRejectedResult[])
    expect(reason).toMatchObject({ code: 'unavailable', details: { retryAfterMs: 1_000 } });
  await expect(other).resolves.toContain('$argon2id$');
  expect(hasher.waiting).toBe(0);
});
