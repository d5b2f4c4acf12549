import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config/config.js';
import { LocalRateLimiter } from '../rate-limit/rate-limiter.js';
import { serveOpenApi } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { guardRequests } from './request-guard.js';
import { watchRoutes } from './route-methods.js';
import { SECURITY_HEADERS } from './security-headers.js';

export { createFastifyAdapter } from './fastify-adapter.js';

/** Configures filters, headers, limits, CORS and API docs. Called once, before the application listens. */
export const configureHttp = async (
  app: NestFastifyApplication,
  config: Pick<Config, 'allowedOrigins' | 'trustedProxies' | 'requireTls' | 'rates'>,
): Promise<void> => {
  const fastify = app.getHttpAdapter().getInstance();
  app.useGlobalFilters(new ProblemFilter(watchRoutes(fastify)));
  await app.register(helmet, SECURITY_HEADERS);
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', String(request.id));
    // Refusals too: an API response is for its requester only.
    if (request.url.startsWith('/v1/')) void reply.header('cache-control', 'no-store');
  });
  guardRequests(fastify, config, app.get(LocalRateLimiter, { strict: false }));
  if (config.allowedOrigins.length > 0) {
    app.enableCors({
      origin: [...config.allowedOrigins],
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'if-match', 'x-request-id'],
      exposedHeaders: ['etag', 'retry-after', 'x-request-id'],
      maxAge: 600,
    });
  }
  serveOpenApi(app);
};
