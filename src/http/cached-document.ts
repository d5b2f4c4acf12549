import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

interface Bytes {
  readonly plain: Buffer;
  readonly gzip: Buffer;
  readonly etag: string;
}

/** A JSON document that never changes: built, compressed and hashed once, at the first request. */
export class CachedDocument {
  private bytes: Bytes | undefined;

  constructor(private readonly build: () => object) {}

  /** Sends the document: gzip if the client accepts it, and 304 if it has it (RFC 9110 §13.1.2). */
  send(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    this.bytes ??= bytesOf(this.build());
    const { plain, gzip, etag } = this.bytes;
    void reply.header('etag', etag).header('vary', 'accept-encoding').header('cache-control', 'no-cache');
    if (has(request.headers['if-none-match'], etag)) return reply.status(304).send();
    void reply.type('application/json; charset=utf-8');
    if (!acceptsGzip(request.headers['accept-encoding'])) return reply.send(plain);
    return reply.header('content-encoding', 'gzip').send(gzip);
  }
}

const bytesOf = (document: object): Bytes => {
  const plain = Buffer.from(JSON.stringify(document));
  // Weak: both encodings have it.
  const etag = `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { plain, gzip: gzipSync(plain, { level: 9 }), etag };
};

const has = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch?.split(',').some((one) => one.trim() === '*' || one.trim() === etag) ?? false;

/** RFC 9110 §12.5.3: `gzip` in the list, unless its weight is 0. */
const acceptsGzip = (header: string | string[] | undefined): boolean =>
  /(?:^|,)\s*gzip\s*(?:;\s*q=(?:1|0\.\d*[1-9])[\d.]*\s*)?(?:,|$)/i.test(String(header ?? ''));
