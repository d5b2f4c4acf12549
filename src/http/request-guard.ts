import { ProtocolError } from '@parley/protocol';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';
import type { LocalRateLimiter, Rate } from '../rate-limit/rate-limiter.js';
import { networkOf, trustedBy } from './client-address.js';
import { problemOf } from './problem.js';
import { cameByTls, hasOneHost } from './well-formed.js';

/** Paths for orchestrators and scrapers on the internal network, which do not use the proxy. */
const INSIDE = /^\/(?:health\/|metrics$)/;

/** Checks every request before routing: its Host header, TLS, and the rate limit per address. */
export const guardRequests = (
  fastify: FastifyInstance,
  config: Pick<Config, 'trustedProxies' | 'requireTls' | 'rates'>,
  limiter: LocalRateLimiter,
): void => {
  const isTrusted = trustedBy(config.trustedProxies);
  const rate = { name: 'address', ...config.rates.address };
  // Each costs a pass over every metric.
  const metrics = { name: 'metrics', ...config.rates.metrics };
  const take = (limit: Rate, address: string): void => {
    const waitMs = limiter.takeNow(limit, networkOf(address));
    if (waitMs > 0) throw new ProtocolError('rate_limited', undefined, { retryAfterMs: waitMs });
  };
  fastify.addHook('onRequest', async (request, reply) => {
    if (!hasOneHost(request.raw)) throw new ProtocolError('bad_request', 'The Host header must be exactly one host.');
    if (INSIDE.test(request.url)) {
      if (request.url === '/metrics') take(metrics, request.ip);
      return;
    }
    if (config.requireTls && cameByTls(request.raw, isTrusted) === false) {
      // RFC 2817 §4.2. Never a redirect: the request was already sent in plain text.
      const problem = { ...problemOf('forbidden', String(request.id)), status: 426 };
      void reply.header('upgrade', 'TLS/1.2, HTTP/1.1').header('connection', 'Upgrade').status(426);
      return reply.type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
    }
    take(rate, request.ip);
  });
};
