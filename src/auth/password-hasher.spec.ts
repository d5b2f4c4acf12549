import { expect, it } from '@jest/globals';
import { PasswordHasher } from './password-hasher.js';

it('makes Argon2id hashes of the OWASP parameters, each with a salt of its own', async () => {
  const hasher = new PasswordHasher();
  const [one, two] = await Promise.all([hasher.hash('same'), hasher.hash('same')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await hasher.verify(one, 'same')).toBe(true);
  expect(await hasher.verify(one, 'other')).toBe(false);
});

it('does the same work for a user that is not there, and never says yes', async () => {
  expect(await new PasswordHasher().verify(undefined, 'nobody has this password')).toBe(false);
});

it('works on four at once, lets fifty wait and refuses the next', async () => {
  const hasher = new PasswordHasher();
  const outcomes = await Promise.allSettled(Array.from({ length: 55 }, () => hasher.hash('x')));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 'unavailable' }) }]);
  await expect(hasher.hash('and then again')).resolves.toContain('$argon2id$');
});
