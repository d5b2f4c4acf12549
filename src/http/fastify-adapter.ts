import { FastifyAdapter } from '@nestjs/platform-fastify';
import { parseShallowJson } from './json-body.js';
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
 * socket's: no header can claim another.
 */
export const createFastifyAdapter = (): FastifyAdapter =>
  new JsonFastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: false,
    requestTimeout: 15_000,
    requestIdHeader: false,
    genReqId: requestId,
    routerOptions: { maxParamLength: 256 },
    // Node looks at the times at this interval: 30 s would undo them.
    http: { headersTimeout: 10_000, maxHeaderSize: 8_192, connectionsCheckingInterval: 1_000 },
  });
