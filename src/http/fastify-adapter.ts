import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { trustedBy } from './client-address.js';
import { parseShallowJson } from './json-body.js';
import { problemOf } from './problem.js';
import { answerParserFault } from './raw-answer.js';
import { requestId } from './request-id.js';

/** 100 kB: a room's metadata is 4. */
const BODY_LIMIT = 100 * 1024;

/** Fastify with JSON bodies alone: forms and plain text are refused as an unsupported media type. */
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
 * The HTTP server. Its times are far below Node's own, which are a slowloris's. The client's address is the
 * socket's, unless that is a proxy that the operator named.
 */
export const createFastifyAdapter = ({ trustedProxies }: Pick<Config, 'trustedProxies'>): FastifyAdapter =>
  new JsonFastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: trustedProxies.length > 0 && trustedBy(trustedProxies),
    requestTimeout: 15_000,
    clientErrorHandler: answerParserFault,
    // A path that cannot be decoded never comes as far as the filter.
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = problemOf('bad_request', String(request.id));
      void reply.status(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
    },
    requestIdHeader: false,
    genReqId: requestId,
    routerOptions: { maxParamLength: 256 },
    // Node looks at the times at this interval: 30 s would undo them.
    http: { headersTimeout: 10_000, maxHeaderSize: 8_192, connectionsCheckingInterval: 1_000 },
  });
