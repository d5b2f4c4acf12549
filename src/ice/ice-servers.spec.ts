import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { UserId } from '@parley/protocol';
import { IceServers } from './ice-servers.js';

const CONFIG = {
  stunUrls: ['stun:stun.example.org:3478'],
  turnUrls: ['turn:turn.example.org:3478?transport=udp', 'turns:turn.example.org:5349'],
  turnSecret: 'shared with coturn',
  credentialSeconds: 900,
};
const NOW = 1_800_000_000_500;
const given = (user: string, config: Partial<typeof CONFIG> = {}) =>
  new IceServers({ ...CONFIG, ...config }, () => NOW).for(user as UserId);
const username = (user: string) => given(user)[1]?.username as string;

describe('ICE servers', () => {
  it('carry credentials of the TURN REST convention, bound to the user, whatever the session', () => {
    const name = '1800000900:u_1';
    const credential = createHmac('sha1', CONFIG.turnSecret).update(name).digest('base64');
    expect(given('u_1')).toEqual([{ urls: CONFIG.stunUrls }, { urls: CONFIG.turnUrls, username: name, credential }]);
  });

  it.each(['auth0|1', 'ada lovelace', "o'hara", 'a:b', 'Ада', 'x'.repeat(65), '~'])(
    'encode the user %j as a unique name that coturn accepts',
    (user) => {
      expect(username(user)).toMatch(/^1800000900:~[A-Za-z0-9_-]{43}$/);
      expect(username(user)).not.toBe(username(`${user}.`));
    },
  );

  it('are without credentials when there is no TURN server or no secret', () => {
    expect(given('u_1', { turnUrls: [] })).toEqual([{ urls: CONFIG.stunUrls }]);
    expect(new IceServers({ ...CONFIG, turnSecret: undefined }).for('u_1' as UserId)).toEqual([
      { urls: CONFIG.stunUrls },
    ]);
    expect(new IceServers({ ...CONFIG, turnUrls: [] }).ttlMs).toBeUndefined();
    expect(new IceServers(CONFIG).ttlMs).toBe(900_000);
  });
});
