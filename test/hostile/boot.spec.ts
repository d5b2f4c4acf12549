import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

/** Starts a server that must not start. @returns its exit code and output */
const boot = (environment: Record<string, string>) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-boot-'));
  const { status, stderr } = spawnSync(process.execPath, ['dist/main.js'], {
    cwd: join(import.meta.dirname, '../..'),
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      NODE_ENV: 'production',
      ...environment,
    },
    encoding: 'utf8',
    timeout: 60_000,
  });
  rmSync(dataDir, { recursive: true, force: true });
  return { status, stderr };
};

const DATABASE = { DATABASE_URL: 'postgresql://127.0.0.1:1/none' };

it.each<[string, Record<string, string>]>([
  ['short', { JWT_SECRET: 'secret' }],
  ['of 31 bytes', { JWT_SECRET: 'kT9wQe7xLm2ZpV4sRb8YcN6uHf3JdG5' }],
  ['a word again and again', { JWT_SECRET: 'secretsecretsecretsecretsecretsecret' }],
  ['the one of an example', { JWT_SECRET: 'change-me-change-me-change-me-change-me' }],
  ['one letter', { JWT_SECRET: 'a'.repeat(64) }],
  [
    'weak for the session ids',
    { JWT_SECRET: 'kT9wQe7xLm2ZpV4sRb8YcN6uHf3JdG5a', SESSION_SECRET: 'password-password-password-password' },
  ],
  [
    'weak for TURN',
    {
      JWT_SECRET: 'kT9wQe7xLm2ZpV4sRb8YcN6uHf3JdG5a',
      TURN_URLS: 'turn:t.example.org',
      TURN_SECRET: 'change-me-change-me',
    },
  ],
  ['missing', {}],
])('J21 a secret that is %s keeps production from starting, and is not repeated', (_, secrets) => {
  const { status, stderr } = boot({ ...DATABASE, ...secrets });
  expect(status).toBe(1);
  expect(stderr).toMatch(/JWT_SECRET|SESSION_SECRET|TURN_SECRET/);
  for (const secret of Object.values(secrets)) if (secret !== 'secret') expect(stderr).not.toContain(secret);
});

it.each(['everybody', '10.0.0.0/33', '300.1.1.1', '10.0.0.1/8/8', '::1/129', '<script>'])(
  'an invalid proxy address prevents the start: %s',
  (proxy) => {
    const { status, stderr } = boot({ TRUSTED_PROXIES: proxy });
    expect([status, stderr]).toEqual([1, expect.stringContaining('TRUSTED_PROXIES must be')]);
  },
);
