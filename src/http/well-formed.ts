import type { IncomingMessage } from 'node:http';
import type { Arrival } from './client-address.js';

/** A host and optional port (RFC 3986 §3.2), without user, path or control characters. */
const HOST = /^(?:[A-Za-z0-9._~-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** Whether a request has exactly one valid Host header (RFC 9112 §3.2). */
export const hasOneHost = ({ rawHeaders, headers }: Pick<IncomingMessage, 'rawHeaders' | 'headers'>): boolean => {
  let hosts = 0;
  for (let n = 0; n < rawHeaders.length; n += 2) if (rawHeaders[n]?.toLowerCase() === 'host') hosts += 1;
  return hosts === 1 && HOST.test(headers.host ?? '');
};

/** Whether the client used TLS, according to a trusted proxy. Undefined: no trusted proxy, or no such header. */
export const cameByTls = (
  { headers, socket }: Arrival,
  isTrusted: (address: string) => boolean,
): boolean | undefined => {
  const proto = headers['x-forwarded-proto'];
  if (typeof proto !== 'string' || !isTrusted(socket.remoteAddress ?? '')) return undefined;
  return proto.split(',').at(-1)?.trim().toLowerCase() === 'https';
};
