import { describe, expect, it } from '@jest/globals';
import { resolveOptions, signalingUrl } from './options.js';

describe('the options', () => {
  it.each([
    ['https://host', 'wss://host/v1/signaling'],
    ['http://host:3000/', 'ws://host:3000/v1/signaling'],
    ['wss://host/v1/signaling', 'wss://host/v1/signaling'],
    ['https://host/parley/v1/signaling', 'wss://host/parley/v1/signaling'],
  ])('take %s for %s', (given, url) => {
    expect(signalingUrl(given)).toBe(url);
  });

  it.each(['', 'host', 'ftp://host', 'javascript:alert(1)'])('refuse the address "%s"', (url) => {
    expect(() => signalingUrl(url)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  it('name what is missing or too much', () => {
    const WebSocket = class {} as never;
    const url = 'http://host';
    expect(() => resolveOptions({ url, token: '', WebSocket })).toThrow(/token/);
    const features = Array.from({ length: 16 }, (_, n) => `f${n}`);
    expect(() => resolveOptions({ url, token: 't', WebSocket, features })).toThrow(/features/);
    expect(resolveOptions({ url, token: 't', WebSocket }).features).toEqual(['heartbeat']);
  });
});
