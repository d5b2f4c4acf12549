import type { Server } from 'node:http';
import { ProtocolError } from '@parley/protocol';
import type { FastifyInstance } from 'fastify';
import { trustedBy } from '../http/client-address.js';
import type { ConnectionQuota } from './connection-quota.js';

/** When an address at its limit may retry, milliseconds. */
const FULL_MS = 2_000;

/**
 * Counts every TCP connection for its address, so that idle HTTP connections count as WebSockets do. A request on a
 * connection beyond the limit is answered 429, and the connection closed; far beyond it a connection is closed at once.
 * Connections of trusted proxies belong to many clients and are not counted: their WebSockets are, by their own address.
 */
export const limitConnections = (
  fastify: FastifyInstance,
  { trustedProxies }: { readonly trustedProxies: readonly string[] },
  quota: ConnectionQuota,
): void => {
  const isTrusted = trustedBy(trustedProxies);
  (fastify.server as Server).on('connection', (tcp) => {
    const { remoteAddress: address } = tcp;
    if (address !== undefined && !isTrusted(address) && !quota.connect(tcp, address)) tcp.destroy();
  });
  fastify.addHook('onRequest', async ({ raw }, reply) => {
    if (!quota.isExcess(raw.socket)) return;
    void reply.header('connection', 'close');
    throw new ProtocolError('rate_limited', 'Too many connections of this address.', { retryAfterMs: FULL_MS });
  });
};
