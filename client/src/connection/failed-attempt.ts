import { SIGNALING_PATH } from '@parley/protocol';
import { type FailedAttempt, ParleyError, type ParleyErrorCode } from '../errors.js';
import type { Clock } from '../options.js';
import type { SocketEnd } from './signaling-socket.js';

/** @internal */
export const PROBE_RULES = { timeoutMs: 3_000, every: 10 } as const;

/** @internal Refused upgrades in a row after which a client stops that was never connected. */
export const MAX_REFUSED_UPGRADES = 5;

const CODE_OF_STATUS: Readonly<Record<number, ParleyErrorCode>> = {
  400: 'bad_request',
  401: 'forbidden',
  403: 'forbidden',
  404: 'not_found',
  426: 'bad_request',
};

const HINT_OF_STATUS: Readonly<Record<number, string>> = {
  403: ': the origin is not allowed',
  404: ': the path of the option url is wrong',
  426: ': TLS is required',
};

/** @internal The code for an upgrade that will not succeed by repeating it; undefined for any other end. */
export const refusalOf = ({ opened, status }: SocketEnd): ParleyErrorCode | undefined =>
  opened || status === undefined ? undefined : CODE_OF_STATUS[status];

const describe = ({ opened, status, reachable }: FailedAttempt): string => {
  if (opened) return 'The connection ended before the server welcomed this client';
  if (status !== undefined)
    return `The server refused the WebSocket with HTTP ${status}${HINT_OF_STATUS[status] ?? ''}`;
  if (reachable === undefined) return 'The WebSocket could not be opened';
  return reachable
    ? 'The server answers HTTP but not the WebSocket: check its allowed origins and the path of the option url'
    : 'Nothing answers at the address of the option url';
};

/** @internal The error that reports a failed attempt. A server's own error keeps its code and message. */
export const errorOfAttempt = (error: ParleyError, attempt: FailedAttempt, code = error.code): ParleyError => {
  const message = error.code === 'network' ? `${describe(attempt)} (attempt ${attempt.count}).` : error.message;
  return new ParleyError(code, message, { retryAfterMs: error.retryAfterMs, attempt });
};

/** @internal Where a server answers a plain request of any page, next to its gateway. */
export const probeUrl = (signalingUrl: string): string => {
  const url = new URL(signalingUrl);
  url.protocol = url.protocol.replace('ws', 'http');
  const prefix = url.pathname.endsWith(SIGNALING_PATH) ? url.pathname.slice(0, -SIGNALING_PATH.length) : '';
  url.pathname = `${prefix}/health/live`;
  url.search = '';
  return url.href;
};

/** @internal Whether anything answers HTTP there; undefined without `fetch`. Whatever the status: scripts cannot see it. */
export const isReachable = async (signalingUrl: string, clock: Clock): Promise<boolean | undefined> => {
  if (typeof globalThis.fetch !== 'function') return undefined;
  const timeout = new AbortController();
  const timer = clock.setTimeout(() => timeout.abort(), PROBE_RULES.timeoutMs);
  try {
    const { signal } = timeout;
    await fetch(probeUrl(signalingUrl), { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal });
    return true;
  } catch {
    return false;
  } finally {
    clock.clearTimeout(timer);
  }
};
