import { describe, expect, it, test } from '@jest/globals';
import { ConfigError, readConfig } from './config.js';
import { AllowedOrigins, normalizeOrigin } from './origins.js';

const HOST = 'parley.example';
const allowing = (list: string, more: Record<string, string> = { NODE_ENV: 'production' }): AllowedOrigins => {
  const { allowedOrigins, production } = readConfig({ ALLOWED_ORIGINS: list, ...more });
  return new AllowedOrigins(allowedOrigins, !production);
};

describe('an origin', () => {
  test.each([
    ['https://app.example', 'https://app.example'],
    ['https://app.example/', 'https://app.example'],
    ['HTTPS://App.Example:443', 'https://app.example'],
    ['http://app.example:80', 'http://app.example'],
    ['http://app.example:8080', 'http://app.example:8080'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['http://[::1]:5173', 'http://[::1]:5173'],
    ['https://*.example.com', 'https://*.example.com'],
  ])('%s is written %s', (text, normal) => expect(normalizeOrigin(text)).toBe(normal));

  test.each([
    ['null'],
    ['localhost:5173'],
    ['app.example'],
    ['https://app.example/path'],
    ['https://app.example?x'],
    ['https://user@app.example'],
    ['https://app.example.'],
    ['https://app.example:65536'],
    ['https://a.*.example'],
    ['https://*'],
    [`https://${'a'.repeat(600)}`],
  ])('%s is none', (text) => expect(normalizeOrigin(text)).toBeUndefined());
});

describe('ALLOWED_ORIGINS', () => {
  test.each([
    ['localhost:5173'],
    ['https://app.example/path'],
    ['https://a.example, app.example'],
    ['null'],
    ['*.example.com'],
  ])('%s is refused at boot', (list) => expect(() => readConfig({ ALLOWED_ORIGINS: list })).toThrow(ConfigError));

  it('allows an origin however the operator wrote it', () => {
    const origins = allowing('https://App.Example:443/, capacitor://localhost');
    expect(origins.allows('https://app.example', HOST)).toBe(true);
    expect(origins.allows('capacitor://localhost', HOST)).toBe(true);
    expect(origins.allows('http://app.example', HOST)).toBe(false);
    expect(origins.allows('https://app.example:8443', HOST)).toBe(false);
  });

  it('allows the subdomains of a pattern, and neither its domain nor another scheme or port', () => {
    const origins = allowing('https://*.example.com');
    expect(origins.allows('https://a.example.com', HOST)).toBe(true);
    expect(origins.allows('https://a.b.example.com', HOST)).toBe(true);
    for (const origin of [
      'https://example.com',
      'http://a.example.com',
      'https://a.example.com:8443',
      'https://aexample.com',
      'https://a.example.com.evil.example',
      'https://*.example.com',
    ]) {
      expect(origins.allows(origin, HOST)).toBe(false);
    }
  });

  it('allows every page with *', () => {
    const origins = allowing('*');
    expect(origins.allows('https://any.example', HOST)).toBe(true);
    expect(origins.allows('null', HOST)).toBe(true);
  });

  it('allows the own pages of the server, and clients that are no web pages', () => {
    const origins = allowing('');
    expect(origins.allows(undefined, HOST)).toBe(true);
    expect(origins.allows(`https://${HOST}`, `${HOST}:443`)).toBe(true);
    expect(origins.allows(`https://${HOST}:8443`, HOST)).toBe(false);
    expect(origins.allows('null', HOST)).toBe(false);
  });

  it('allows pages of this machine in development only', () => {
    const local = ['http://localhost:5173', 'https://app.localhost', 'http://127.0.0.1:8080', 'http://[::1]:3001'];
    const others = ['http://localhost.evil.example', 'http://127.0.0.1.evil.example', 'http://10.0.0.1:5173'];
    const [development, production] = [allowing('', {}), allowing('')];
    for (const origin of local) {
      expect([origin, development.allows(origin, HOST), production.allows(origin, HOST)]).toEqual([
        origin,
        true,
        false,
      ]);
    }
    for (const origin of others) expect([origin, development.allows(origin, HOST)]).toEqual([origin, false]);
  });
});
