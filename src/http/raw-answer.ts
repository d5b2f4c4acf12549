import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { codeOfStatus, problemOf } from './problem.js';

/**
 * Sends a problem on a raw socket, for a refused upgrade or a malformed request, and closes the connection. It never
 * echoes input.
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

/** Handles requests that Node's parser refuses or that time out: 431, 408, 400. */
export const answerParserFault = (error: Error & { readonly code?: string }, socket: Socket): void => {
  // A response whose headers were sent cannot be replaced.
  const begun = (socket as { _httpMessage?: { headersSent?: boolean } | null })._httpMessage?.headersSent === true;
  if (error.code === 'ECONNRESET' || begun) return void socket.destroy();
  answerOnSocket(socket, STATUS_OF_FAULT[error.code ?? ''] ?? 400);
};

const STATUS_OF_FAULT: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};
