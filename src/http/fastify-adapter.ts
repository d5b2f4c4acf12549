import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { trustedBy } from './client-address.js';
import { parseShallowJson } from './json-body.js';
import { problemOf } from './problem.js';
import { answerParserFault } from './raw-answer.js';
import { requestId } from './request-id.js';

/** 100 KiB; the largest field, a room's metadata, has 4. */
const BODY_LIMIT = 100 * 1024;

/** Fastify that accepts JSON bodies only: forms and plain text are an unsupported media type. */
class JsonFastifyAdapter extends FastifyAdapter {
  override registerParserMiddleware(): void {
    const fastify = this.getInstance();
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: BODY_LIMIT },
      parseShallowJson(fastify),
    );
  }
}

/**
 * Makes the HTTP server. Its timeouts are far below Node's defaults, which allow slowloris attacks. Only configured
 * proxies are trusted.
 */
export const createFastifyAdapter = ({
  trustedProxies,
  http: { maxHeaderBytes, keepAliveMs },
}: Pick<Config, 'trustedProxies' | 'http'>): FastifyAdapter =>
  new JsonFastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: trustedProxies.length > 0 && trustedBy(trustedProxies),
    requestTimeout: 15_000,
    keepAliveTimeout: keepAliveMs,
    clientErrorHandler: answerParserFault,
    // A path that cannot be decoded never reaches the filter.
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = problemOf('bad_request', String(request.id));
      void reply.status(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
    },
    requestIdHeader: false,
    genReqId: requestId,
    routerOptions: { maxParamLength: 256 },
    // Node checks the timeouts at this interval; its default of 30 s would defeat them.
    http: { headersTimeout: 10_000, maxHeaderSize: maxHeaderBytes, connectionsCheckingInterval: 1_000 },
  });
