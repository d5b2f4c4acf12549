import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const NAME = 'a-pod-with-a-long-name-of-63-characters-0123456789-6b8f9c7d5-x2';

describe('the settings of HTTP', () => {
  it('are refused when TLS is required and no proxy could tell of it', () => {
    expect(() => readConfig({ REQUIRE_TLS: 'true' })).toThrow('REQUIRE_TLS without TRUSTED_PROXIES has no effect');
    expect(readConfig({ REQUIRE_TLS: 'true', TRUSTED_PROXIES: 'private' }).requireTls).toBe(true);
  });

  it('allow headers of 16 KiB, and at most 64', () => {
    expect(readConfig({}).http).toEqual({ maxHeaderBytes: 16_384, keepAliveMs: 72_000 });
    expect(readConfig({ MAX_HTTP_HEADER_BYTES: '65536', KEEP_ALIVE_SECONDS: '620' }).http).toEqual({
      ...{ maxHeaderBytes: 65_536, keepAliveMs: 620_000 },
    });
    expect(() => readConfig({ MAX_HTTP_HEADER_BYTES: '65537' })).toThrow('from 8192 to 65536');
    expect(() => readConfig({ KEEP_ALIVE_SECONDS: '0' })).toThrow('from 1 to 3600');
  });
});

it('a node may have the name of a pod, of up to 63 characters', () => {
  expect([NAME.length, readConfig({ NODE_ID: NAME }).nodeName]).toEqual([63, NAME]);
  expect(() => readConfig({ NODE_ID: `${NAME}x` })).toThrow('1 to 63');
});
