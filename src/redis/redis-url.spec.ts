import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl, RedisUrlError } from './redis-url.js';

describe('REDIS_URL', () => {
  it('names one server', () => {
    expect(parseRedisUrl('redis://localhost')).toEqual({
      kind: 'standalone',
      address: { host: 'localhost', port: 6379 },
      db: 0,
      login: {},
      tls: false,
    });
    expect(parseRedisUrl('rediss://us%40er:p%3Aa%2Fs%40s@[::1]:6380/3')).toEqual({
      kind: 'standalone',
      address: { host: '::1', port: 6380 },
      db: 3,
      login: { username: 'us@er', password: 'p:a/s@s' },
      tls: true,
    });
    expect(parseRedisUrl('redis://:secret@h:1')).toMatchObject({ login: { password: 'secret' } });
  });

  it('names sentinels and their master', () => {
    expect(parseRedisUrl('redis+sentinel://u:p@s1,s2:5000/mymaster/2?sentinelPassword=sp')).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 26379 },
        { host: 's2', port: 5000 },
      ],
      sentinelLogin: { password: 'sp' },
      master: 'mymaster',
      db: 2,
      login: { username: 'u', password: 'p' },
      tls: false,
    });
  });

  it('names some nodes of a cluster', () => {
    expect(parseRedisUrl('rediss+cluster://u:p@n1:7000,n2')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'n1', port: 7000 },
        { host: 'n2', port: 6379 },
      ],
      login: { username: 'u', password: 'p' },
      tls: true,
    });
  });

  it.each([
    'http://h:1',
    'redis:/h',
    'redis://',
    'redis://h:0',
    'redis://h:65536',
    'redis://h:port',
    'redis://a:1,b:2',
    'redis://h/db',
    'redis://a,:1',
    'redis+sentinel://s1:1',
    'redis+sentinel://s1:1/',
    'redis+sentinel://s1:1/m/x',
    'redis+cluster://n1:1/1',
    'redis+other://h:1',
    'redis://u:p%zz@h',
  ])('is refused when it says something else, without repeating it: %s', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(RedisUrlError);
    expect(() => parseRedisUrl(url.replace('://', '://u:hunter2@'))).toThrow(/^(?!.*hunter2)/);
  });
});
