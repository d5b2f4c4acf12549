import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../config/config.js';
import { SecurityLog } from '../http/security-log.js';
import { ConnectionQuota } from './connection-quota.js';
import type { Drain } from './drain.js';
import { upgradePolicy } from './upgrade-policy.js';

const request = (headers: Record<string, string> = {}, remoteAddress = '198.51.100.7') => {
  const all = { host: 'parley.example', ...headers };
  const socket = Object.assign(new EventEmitter(), { remoteAddress });
  return { headers: all, rawHeaders: Object.entries(all).flat(), socket } as unknown as IncomingMessage;
};

const policy = (environment: Record<string, string> = {}, refusing = false) => {
  const clock = { now: 0 };
  const config = readConfig(environment);
  const quota = new ConnectionQuota(config.sockets);
  const ask = upgradePolicy(config, { refusing } as Drain, quota, undefined, () => clock.now);
  return { ask, clock, quota };
};

describe('an upgrade', () => {
  it('is refused with 503 and Retry-After when too many arrive at once, and accepted later', () => {
    const { ask, clock } = policy({ HANDSHAKE_BURST: '2', HANDSHAKES_PER_SECOND: '1' });
    expect([ask(request()), ask(request())]).toEqual([undefined, undefined]);
    expect(ask(request())).toEqual({ status: 503, retryAfterSeconds: 1 });
    clock.now += 1_000;
    expect(ask(request())).toBeUndefined();
  });

  it('from a refused origin does not use up the rate of the others', () => {
    const { ask } = policy({ HANDSHAKE_BURST: '1', HANDSHAKES_PER_SECOND: '1' });
    expect(ask(request({ host: 'parley.example', origin: 'https://evil.example' }))).toEqual({ status: 403 });
    expect(ask(request({ host: 'parley.example', origin: 'https://parley.example' }))).toBeUndefined();
  });

  it('from a refused origin is logged with the origin and the setting that would allow it', () => {
    const lines: object[] = [];
    const config = readConfig({ ALLOWED_ORIGINS: 'https://app.example' });
    const log = new SecurityLog({ warn: (fields) => lines.push(fields) });
    const ask = upgradePolicy(config, { refusing: false } as Drain, new ConnectionQuota(config.sockets), log);
    for (const origin of ['https://App.Example', 'https://evil.example/', 'javascript:alert(1)'])
      ask(request({ origin }));
    expect(lines).toEqual([
      expect.objectContaining({ status: 403, origin: 'https://evil.example', setting: 'ALLOWED_ORIGINS' }),
      expect.objectContaining({ status: 403, origin: 'not an origin', setting: 'ALLOWED_ORIGINS' }),
    ]);
  });

  it('is refused when its address has too many sockets, before it uses up the rate of the others', () => {
    const { ask } = policy({
      MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: '1',
      HANDSHAKE_BURST: '2',
      HANDSHAKES_PER_SECOND: '1',
    });
    expect(ask(request())).toBeUndefined();
    for (let n = 0; n < 10; n += 1) expect(ask(request())).toEqual({ status: 429, retryAfterSeconds: 2 });
    expect(ask(request({}, '198.51.100.8'))).toBeUndefined();
  });

  it('counts towards the address that a trusted proxy reports', () => {
    const environment = { MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: '1', TRUSTED_PROXIES: '10.0.0.1' };
    const { ask } = policy(environment);
    const through = (hops: string, proxy = '10.0.0.1') => ask(request({ 'x-forwarded-for': hops }, proxy));
    expect([through('1.2.3.4, 198.51.100.7'), through('1.2.3.5, 198.51.100.8')]).toEqual([undefined, undefined]);
    expect(through('6.6.6.6, 198.51.100.7')?.status).toBe(429);
    expect(through('198.51.100.9', '203.0.113.1')).toBeUndefined();
    expect(through('198.51.100.10', '203.0.113.1')?.status).toBe(429);
  });

  it('is refused without TLS when TLS is required and the proxy says so', () => {
    const { ask } = policy({ REQUIRE_TLS: 'true', TRUSTED_PROXIES: '10.0.0.1' });
    expect(ask(request({ 'x-forwarded-proto': 'http' }, '10.0.0.1'))).toEqual({ status: 426 });
    expect(ask(request({ 'x-forwarded-proto': 'https' }, '10.0.0.1'))).toBeUndefined();
    expect(ask(request())).toBeUndefined();
  });

  it('is refused when the request does not name one host', () => {
    for (const host of ['', 'a b', 'parley.example/x', 'user@parley.example', '[::1', 'a\r\nb']) {
      expect(policy().ask(request({ host }))).toEqual({ status: 400 });
    }
  });

  it('is refused from an origin whose host ends in a dot, even if that host is the request target', () => {
    const { ask } = policy();
    const headers = { host: 'parley.example.', origin: 'https://parley.example.' };
    expect(ask(request(headers))).toEqual({ status: 403 });
  });

  it('is refused by a draining node', () => {
    expect(policy({}, true).ask(request())).toEqual({ status: 503, retryAfterSeconds: 1 });
  });
});
