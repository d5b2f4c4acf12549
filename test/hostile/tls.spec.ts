import { describe, expect, it } from '@jest/globals';
import { exchange, upgradeLines } from './raw-socket.js';
import { hostileStage } from './stage.js';

const stage = hostileStage({ REQUIRE_TLS: 'true' });

describe('a server that requires TLS', () => {
  it('H20 answers requests that reached its proxy without TLS with 426, and never with a redirect', async () => {
    const open = { 'x-forwarded-proto': 'http' };
    const rest = await stage
      .rest()
      .ask('POST', '/v1/auth/login', { headers: open, json: { username: 'a', password: 'b' } });
    expect([rest.status, rest.headers.get('location')]).toEqual([426, null]);
    const socket = await exchange(stage.node.url, upgradeLines({ 'X-Forwarded-Proto': 'http' }));
    expect(socket.status).toBe(426);
  });

  it('H20 answers requests with TLS, and health checks from inside', async () => {
    const safe = { 'x-forwarded-proto': 'https' };
    expect((await stage.rest().ask('GET', '/v1/rooms', { headers: safe })).status).toBe(401);
    expect((await exchange(stage.node.url, upgradeLines({ 'X-Forwarded-Proto': 'https' }))).status).toBe(101);
    expect((await stage.rest().ask('GET', '/health/live', { headers: { 'x-forwarded-proto': 'http' } })).status).toBe(
      200,
    );
  });
});
