import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config/config.js';
import type { Drain } from './drain.js';
import type { UpgradeGate } from './signaling.adapter.js';
import { TokenBucket } from './token-bucket.js';

/**
 * Who may open a socket at all. A browser always sends its Origin: it must be this host, or one that the
 * operator named. Clients that are no browsers send none; what lets them in is their token.
 *
 * New sockets are paced: thousands that come at once, after a balancer's restart, would slow down those that are open.
 * @param now monotonic milliseconds
 */
export const upgradeGate = (config: Config, drain: Drain, now: () => number = () => performance.now()): UpgradeGate => {
  const pace = new TokenBucket(config.handshakes.burst, config.handshakes.perSecond, now());
  const allowed = new Set(config.allowedOrigins.map(normalize));
  return (request) => {
    if (drain.refusing) return { status: 503, retryAfterSeconds: 1 };
    if (!isAllowed(request.headers, allowed)) return { status: 403 };
    return pace.take(now()) ? undefined : { status: 503, retryAfterSeconds: Math.ceil(pace.waitMs() / 1000) };
  };
};

const isAllowed = ({ origin, host }: IncomingHttpHeaders, allowed: ReadonlySet<string | undefined>): boolean => {
  if (origin === undefined) return true;
  const normal = normalize(origin);
  return normal !== undefined && (new URL(normal).host === host?.toLowerCase() || allowed.has(normal));
};

/** Scheme, host and port as a browser writes them (RFC 6454 §6.2); undefined when it is no web origin. */
const normalize = (text: string): string | undefined => {
  try {
    const url = new URL(text);
    const isOrigin =
      (url.protocol === 'http:' || url.protocol === 'https:') && url.pathname === '/' && url.search === '';
    return isOrigin && url.username === '' && !url.host.endsWith('.') ? url.origin : undefined;
  } catch {
    return undefined;
  }
};
