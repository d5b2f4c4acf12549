import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readConfig } from '../config/config.js';
import { resolveSecrets } from './signing-secret.js';

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'parley-secret-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const resolve = (environment: Record<string, string> = {}) => {
  const { jwtKey, sessionKey } = resolveSecrets(readConfig({ DATA_DIR: dataDir, ...environment }));
  return { jwt: jwtKey.export().toString('base64'), session: sessionKey.export().toString('base64') };
};
const SECRET = 'one of the secrets that a person made up';

it('is generated on the first start, readable by its owner only, and reused', () => {
  const first = resolve();
  expect(resolve()).toEqual(first);
  expect(readdirSync(dataDir)).toEqual(['jwt-secret']);
  expect(statSync(join(dataDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
  expect(Buffer.from(first.jwt, 'base64').toString()).toBe(readFileSync(join(dataDir, 'jwt-secret'), 'utf8').trim());
  expect(first.session).not.toBe(first.jwt);
});

it('derives the session key from the token secret, unless it is configured', () => {
  const derived = resolve({ JWT_SECRET: SECRET });
  expect(resolve({ JWT_SECRET: SECRET }).session).toBe(derived.session);
  expect(resolve({ JWT_SECRET: `${SECRET}.` }).session).not.toBe(derived.session);
  const own = resolve({ JWT_SECRET: SECRET, SESSION_SECRET: `${SECRET}!` });
  expect(Buffer.from(own.session, 'base64').toString()).toBe(`${SECRET}!`);
  expect(readdirSync(dataDir)).toEqual([]);
});

it('stores a session secret when an external issuer signs the tokens', () => {
  const environment = { JWT_JWKS_URL: 'https://issuer.example/jwks.json' };
  const first = resolve(environment);
  expect(resolve(environment).session).toBe(first.session);
  expect(readdirSync(dataDir)).toEqual(['session-secret']);
});

it('refuses a stored secret that is too short', () => {
  writeFileSync(join(dataDir, 'jwt-secret'), 'short');
  expect(() => resolve()).toThrow('less than 32 bytes');
});
