import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { Stage } from '../stage.js';

/** The upgrade and the first frame of a socket. */
export const handshakeRules = (on: Stage): void => {
  describe('the handshake', () => {
    const upgrade = (path: string, headers: Record<string, string> = {}): Promise<number> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(on.rest.origin);
        const attempt = request({
          hostname,
          port,
          path,
          headers: {
            connection: 'Upgrade',
            upgrade: 'websocket',
            'sec-websocket-version': '13',
            'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
            ...headers,
          },
        });
        attempt.once('response', (response) => {
          response.resume();
          resolve(response.statusCode as number);
        });
        attempt.once('upgrade', (_response, connection) => {
          connection.destroy();
          resolve(101);
        });
        attempt.once('error', reject);
        attempt.end();
      });

    it('opens at /v1/signaling and names the subprotocol', async () => {
      expect(await upgrade('/v1/signaling', { 'sec-websocket-protocol': 'parley.v1' })).toBe(101);
    });
    it('answers 404 on any other path', async () => {
      for (const path of ['/v1/other', '//v1/signaling', '/v1/signaling/', '/v1%2fsignaling', '/']) {
        expect(await upgrade(path)).toBe(404);
      }
    });
    it('answers 403 to a page of an unknown origin', async () => {
      for (const origin of [
        'https://evil.example',
        'null',
        'https://localhost.evil.example',
        `${on.rest.origin}/path`,
      ]) {
        expect(await upgrade('/v1/signaling', { origin })).toBe(403);
      }
    });
    it('accepts a page of its own origin', async () => {
      expect(await upgrade('/v1/signaling', { origin: on.rest.origin })).toBe(101);
    });
  });

  describe('before hello', () => {
    it('refuses any other frame, and closes with a code that ends the session', async () => {
      for (const type of ['join', 'ping', 'signal']) {
        const peer = await on.socket();
        peer.send({ type, id: 'x', room: 'abc', to: 'abc', kind: 'data' });
        expect((await peer.next('error'))['code']).toMatch(/hello_required|bad_message/);
        expect(await peer.closed()).toBe(4500);
      }
    });
    it('ignores frames after the refused one', async () => {
      const { token } = await on.welcomed();
      const { id: room } = await on.rest.room(token);
      const peer = await on.socket();
      peer.send({ type: 'join', id: 'early', room });
      peer.send({ type: 'hello', id: 'late', token, key: peer.key, attempt: 1 });
      expect(await peer.closed()).toBe(4500);
      expect(peer.unread.map((frame) => frame.type)).toEqual(['error']);
    });
    it('closes a socket that never sends `hello`, with a code that allows reconnecting', async () => {
      const peer = await on.socket();
      expect(await peer.closed()).toBe(4004);
    });
  });
};
