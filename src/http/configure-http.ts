import helmet from '@fastify/helmet';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import { AllowedOrigins } from '../config/origins.js';
import { LocalRateLimiter } from '../rate-limit/rate-limiter.js';
import { serveOpenApi } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { guardRequests } from './request-guard.js';
import { watchRoutes } from './route-methods.js';
import { SECURITY_HEADERS } from './security-headers.js';
import { refusedOrigin, SecurityLog } from './security-log.js';

export { createFastifyAdapter } from './fastify-adapter.js';

/** Configures filters, headers, limits, CORS and API docs. Called once, before the application listens. */
export const configureHttp = async (
  app: NestFastifyApplication,
  config: Pick<Config, 'allowedOrigins' | 'production' | 'trustedProxies' | 'requireTls' | 'rates' | 'apiDocs'>,
): Promise<void> => {
  const fastify = app.getHttpAdapter().getInstance();
  app.useGlobalFilters(new ProblemFilter(watchRoutes(fastify)));
  await app.register(helmet, SECURITY_HEADERS);
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', String(request.id));
    // Refusals too: an API response is for its requester only.
    if (request.url.startsWith('/v1/')) void reply.header('cache-control', 'no-store');
    // A page of any origin may learn that the server answers, and nothing else: a refused WebSocket does not tell it.
    if (request.url === '/health/live') void reply.header('cross-origin-resource-policy', 'cross-origin');
  });
  guardRequests(fastify, config, app.get(LocalRateLimiter, { strict: false }));
  allowOrigins(app, config);
  if (config.apiDocs) serveOpenApi(app);
};

/** Lets pages of the allowed origins call REST (CORS). Without any, nothing is added to responses. */
const allowOrigins = (
  app: NestFastifyApplication,
  { allowedOrigins, production }: Pick<Config, 'allowedOrigins' | 'production'>,
): void => {
  if (production && allowedOrigins.length === 0) return;
  const origins = new AllowedOrigins(allowedOrigins, !production);
  const log = new Logger('Origins');
  const security = new SecurityLog({ warn: (fields, message) => log.warn(fields, message) });
  app.enableCors({
    origin: (origin: string | undefined, decide: (error: null, allowed: boolean) => void) => {
      // A page of this server needs no permission, so the Host does not matter here.
      const allowed = origin !== undefined && origins.allows(origin, undefined);
      if (origin !== undefined && !allowed)
        security.refused({ reason: 'cors', address: undefined, ...refusedOrigin(origin) });
      decide(null, allowed);
    },
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'if-match', 'x-request-id'],
    exposedHeaders: ['etag', 'retry-after', 'x-request-id'],
    maxAge: 600,
  });
};
