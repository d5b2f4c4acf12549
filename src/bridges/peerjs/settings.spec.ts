import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from '../../config/config.js';
import { peerjsSettings } from './settings.js';

const settingsOf = (environment: Record<string, string> = {}) => peerjsSettings(readConfig(environment));

describe("the PeerServer bridge's settings", () => {
  it('let strangers in on a machine of your own, and ask for a token in production', () => {
    expect(settingsOf()).toEqual({
      path: '/peerjs',
      keys: ['peerjs'],
      needsToken: false,
      idIsSubject: false,
      discovery: false,
    });
    expect(settingsOf({ NODE_ENV: 'production' })?.needsToken).toBe(true);
    expect(settingsOf({ NODE_ENV: 'production', PEERJS: 'anonymous' })?.needsToken).toBe(false);
    expect(settingsOf({ PEERJS: 'off' })).toBeUndefined();
  });

  it.each([
    [{ PEERJS: 'on' }, 'PEERJS must be one of off, token, anonymous'],
    [{ PEERJS_PATH: '/' }, 'PEERJS_PATH must be a path'],
    [{ PEERJS_KEYS: 'a b' }, 'PEERJS_KEYS must be keys'],
    [{ PEERJS_PATH: '/v1/peers' }, 'PEERJS_PATH is taken by Parley itself'],
    [{ PEERJS_ID: 'mine' }, 'PEERJS_ID must be any or subject'],
    [{ PEERJS_DISCOVERY: 'true' }, 'PEERJS_DISCOVERY must be on or off'],
  ])('are refused as %j', (environment, fault) => {
    expect(() => settingsOf(environment)).toThrow(ConfigError);
    expect(() => settingsOf(environment)).toThrow(fault);
  });
});
