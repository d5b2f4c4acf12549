import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { codeOfStatus, problemOf } from './problem.js';

/**
 * Answers where there is no reply object: an upgrade, or bytes that are no request. A problem as everywhere,
 * which says nothing of what was sent; then the connection is closed.
 */
export const answerOnSocket = (
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void => {
  if (!socket.writable) return void socket.destroy();
  const requestId = randomUUID();
  const body = JSON.stringify({ ...problemOf(codeOfStatus(status), requestId), status });
  const lines = Object.entries({
    ...headers,
    Connection: 'close',
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'X-Request-Id': requestId,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
};

/** What Node's parser refuses, and requests that do not end: 431, 408, 400. */
export const answerParserFault = (error: Error & { readonly code?: string }, socket: Socket): void => {
  // An answer that has begun cannot be begun again.
  const begun = (socket as { _httpMessage?: { headersSent?: boolean } | null })._httpMessage?.headersSent === true;
  if (error.code === 'ECONNRESET' || begun) return void socket.destroy();
  answerOnSocket(socket, STATUS_OF_FAULT[error.code ?? ''] ?? 400);
};

const STATUS_OF_FAULT: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};
