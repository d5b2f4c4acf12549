import { expect, it } from '@jest/globals';
import { readConfig } from './config.js';
import { redacted } from './redacted.js';

const SECRETS = {
  JWT_SECRET: 'kT9wQe7xLm2ZpV4sRb8YcN6uHf3JdG5a-jwt',
  SESSION_SECRET: 'kT9wQe7xLm2ZpV4sRb8YcN6uHf3JdG5a-session',
  TURN_SECRET: 'kT9wQe7xLm2ZpV4sRb8YcN6uHf3JdG5a-turn',
};

it('shows settings, and of a secret only that it is set', () => {
  const shown = redacted(
    readConfig({
      ...SECRETS,
      TURN_URLS: 'turn:turn.example.org:3478',
      DATABASE_URL: 'postgresql://parley:hunter2@db.example.org:5432/parley?password=hunter3',
      REDIS_URL: 'rediss://:hunter4@redis.example.org:6379/0',
      JWT_ISSUER: 'https://accounts.example.org',
    }),
  );
  const text = JSON.stringify(shown);
  for (const secret of [...Object.values(SECRETS), 'hunter2', 'hunter3', 'hunter4']) expect(text).not.toContain(secret);
  expect(shown).toMatchObject({
    databaseUrl: 'postgresql://db.example.org:5432/parley',
    redisUrl: 'rediss://redis.example.org:6379/0',
    jwt: { secret: '[redacted]', sessionSecret: '[redacted]', issuer: 'https://accounts.example.org' },
    ice: { turnSecret: '[redacted]', turnUrls: ['turn:turn.example.org:3478'] },
    rooms: { maxOwned: 50 },
  });
});

it.each([
  ['postgresql://parley:p@ss@db.example.org/parley'],
  ['postgresql://parley:p/ss@db.example.org/parley'],
  ['postgresql://parley:pw@db.example.org/parley?password=p@ss'],
  ['postgresql://parley:p?a#ss@db.example.org/parley'],
])('shows nothing of the password in %s', (databaseUrl) => {
  expect(String(redacted(readConfig({ DATABASE_URL: databaseUrl })).databaseUrl)).not.toMatch(/ss|pw/);
});

it('shows that a secret is not set', () => {
  expect(redacted(readConfig({}))).toMatchObject({ jwt: { secret: undefined }, databaseUrl: undefined });
});
