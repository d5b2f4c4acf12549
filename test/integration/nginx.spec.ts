import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SIGNALING_PATH, SUBPROTOCOL } from '@parley/protocol';
import { WebSocket } from 'ws';
import { type CertificateChain, makeChain } from '../support/certificates.js';
import { type Nginx, startNginx } from '../support/nginx.js';
import { type RunningNode, startNode } from '../support/start-node.js';

describe('docker/nginx.conf', () => {
  let certificates: CertificateChain;
  let node: RunningNode;
  /** As the outermost proxy, and behind another proxy with TLS. */
  let [edge, inner]: Nginx[] = [];

  beforeAll(async () => {
    certificates = makeChain();
    const settings = { TRUSTED_PROXIES: 'loopback', REQUIRE_TLS: 'true', GUEST_BURST: '1', GUESTS_PER_MINUTE: '1' };
    node = await startNode(settings);
    const { chain: certificate, key } = certificates;
    const options = { nodes: [Number(new URL(node.url).port)], certificate, key };
    edge = await startNginx(options);
    inner = await startNginx({ ...options, front: '127.0.0.1' });
  }, 90_000);

  afterAll(async () => {
    await edge?.stop();
    await inner?.stop();
    await node?.stop();
    certificates?.remove();
  });

  interface Asked {
    readonly tls?: boolean;
    readonly path?: string;
    readonly headers?: Record<string, string>;
    readonly body?: object;
  }

  const ask = async (proxy: Nginx | undefined, { tls = false, path = '/v1/rooms', headers = {}, body }: Asked) => {
    const target = { host: '127.0.0.1', path, method: body === undefined ? 'GET' : 'POST' };
    const all = { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const request = tls
      ? httpsRequest({ ...target, port: proxy?.tlsPort, headers: all, servername: 'localhost', ca: certificates.root })
      : httpRequest({ ...target, port: proxy?.port, headers: all });
    request.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };

  /** Requests a guest token. 404: the room does not exist. 429: the limit of this address. */
  const guest = (proxy: Nginx | undefined, from: string, more: Record<string, string> = {}) =>
    ask(proxy, {
      tls: proxy === edge,
      path: '/v1/auth/guest',
      headers: { 'x-forwarded-for': from, ...more },
      body: { displayName: 'Ada', room: 'nowhere12345' },
    });

  it('serves REST and sockets over TLS to clients that trust the root certificate', async () => {
    expect(await ask(edge, { tls: true })).toBe(401);
    const socket = new WebSocket(`wss://localhost:${edge?.tlsPort}${SIGNALING_PATH}`, SUBPROTOCOL, {
      ca: certificates.root,
      lookup: (_host, _options, found) =>
        (found as (...all: unknown[]) => void)(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    await once(socket, 'open');
    expect(socket.protocol).toBe(SUBPROTOCOL);
    socket.terminate();
  });

  it('forwards to the nodes which requests came without TLS, whatever the client claims', async () => {
    expect(await ask(edge, {})).toBe(426);
    expect(await ask(edge, { headers: { 'x-forwarded-proto': 'https' } })).toBe(426);
  });

  it('does not expose metrics', async () => {
    expect(await ask(edge, { tls: true, path: '/metrics' })).toBe(404);
  });

  it('ignores addresses that a client claims', async () => {
    expect(await guest(edge, '203.0.113.1')).toBe(404);
    expect(await guest(edge, '203.0.113.2')).toBe(429);
  });

  it('accepts the address and the scheme from a trusted proxy', async () => {
    const by = (scheme: string) => ({ 'x-forwarded-proto': scheme });
    expect(await guest(inner, '203.0.113.1', by('https'))).toBe(404);
    expect(await guest(inner, '203.0.113.2', by('https'))).toBe(404);
    // Entries of the client itself are further to the left.
    expect(await guest(inner, '198.51.100.9, 203.0.113.2', by('https'))).toBe(429);
    expect(await guest(inner, '203.0.113.3', by('http'))).toBe(426);
  });
});
