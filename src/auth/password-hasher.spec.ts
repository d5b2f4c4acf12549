import { expect, it } from '@jest/globals';
import { PasswordHasher } from './password-hasher.js';

it('makes Argon2id hashes with the OWASP parameters, each with its own salt', async () => {
  const hasher = new PasswordHasher();
  const [one, two] = await Promise.all([hasher.hash('same'), hasher.hash('same')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await hasher.verify(one, 'same')).toBe(true);
  expect(await hasher.verify(one, 'other')).toBe(false);
});

it('does the same work for an unknown user, and never succeeds', async () => {
  expect(await new PasswordHasher().verify(undefined, 'nobody has this password')).toBe(false);
});

it('runs four at once, queues fifty and refuses the next', async () => {
  const hasher = new PasswordHasher();
  const outcomes = await Promise.allSettled(Array.from({ length: 55 }, () => hasher.hash('x')));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 'unavailable' }) }]);
  await expect(hasher.hash('and then again')).resolves.toContain('$argon2id$');
});
