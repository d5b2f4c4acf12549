import { describe, expect, it } from '@jest/globals';
import { ENVIRONMENT } from './environment.js';
import { isIceUrl } from './ice-urls.js';

describe('the URL of an ICE server', () => {
  it.each([
    'stun:stun.example.org',
    'stun:stun.example.org:3478',
    'stuns:stun.example.org:5349',
    'stun:192.0.2.1:65535',
    'stun:[2001:db8::1]',
    'stun:[2001:db8::1]:1',
    'stun:coturn_1:3478',
    'turn:turn.example.org',
    'turn:turn.example.org:3478?transport=udp',
    'turn:[2001:db8::1]:3478?transport=tcp',
    'turns:turn.example.org:443?transport=tcp',
  ])('may be %p', (url) => {
    expect(isIceUrl(url)).toBe(true);
  });

  it.each([
    'stun:stun.example.org?transport=udp',
    'stuns:stun.example.org:5349?transport=tcp',
    'stun:stun.example.org:65536',
    'stun:stun.example.org:0',
    'stun:stun.example.org:',
    'stun:stun.example.org:3478a',
    'stun:',
    'stun:?transport=udp',
    'stun://stun.example.org',
    'stun:stun.example.org/x',
    'stun:stun.example.org#x',
    'stun:user@stun.example.org',
    'stun:stun example.org',
    'stun:.example.org',
    'stun:192.0.2.999',
    'stun:2001:db8::1',
    'stun:[2001:db8::1',
    'stun:[stun.example.org]',
    `stun:${'a'.repeat(254)}`,
    'turn:turn.example.org?transport=sctp',
    'turn:turn.example.org?transport=',
    'turn:turn.example.org?transport=udp&x=1',
    'turn:turn.example.org?x=udp',
    'turn:turn.example.org?',
    'turn:user:secret@turn.example.org',
    'turn:turn.example.org:70000?transport=udp',
    'http:turn.example.org',
    '',
  ])('may not be %p', (url) => {
    expect(isIceUrl(url)).toBe(false);
  });

  it('is checked at boot, each one of its own setting', () => {
    const faults = (env: object) => (ENVIRONMENT.safeParse(env).error?.issues ?? []).map(({ path }) => path[0]);
    expect(faults({ STUN_URLS: 'stun:a.example, stuns:b.example:5349', TURN_URLS: 'turn:a.example' })).toEqual([]);
    expect(faults({ STUN_URLS: 'stun:a.example,stun:b.example?transport=udp' })).toEqual(['STUN_URLS']);
    expect(faults({ STUN_URLS: 'turn:a.example', TURN_URLS: 'turn:a.example:65536' })).toEqual([
      'STUN_URLS',
      'TURN_URLS',
    ]);
  });
});
